/** Passes CSV records to the kernel, which finds their fields. */
import { ArchiveError } from '../../errors.ts'
import { append, byteBuffer, reserve } from '../../rows/bytes/byte-buffer.ts'
import type { ParquetColumn, ParquetType } from './columns.ts'
import type { EncoderExports, EncoderKernel, PageSink } from './encoder-kernel.ts'

/** Fields of consecutive records. They are valid only during the call that passes them. */
export interface RecordFields {
  readonly rows: number
  readonly bytes: Buffer
  /** For column `c` of record `r`, at `(c * stride + r) * 2`: where its text begins, and its length; -1 for null. */
  readonly places: Int32Array
  readonly stride: number
}

export type OnRecords = (fields: RecordFields) => void

export interface RecordFeed {
  readonly wasm: EncoderExports
  /**
   * Takes CSV records as the archive writes them, without the header. A record may continue in the next call. Calls
   * `endGroup` when the current row group is full. Throws `FORMAT_INVALID` for other bytes; the feed can't be used after
   * that.
   */
  add(csv: Uint8Array, endGroup: () => void): void
  /** Throws `FORMAT_INVALID` within a record. */
  end(): void
}

/** The kernel's codes for the types (`kernel/assembly/parquet/column.ts`). */
const TYPES: Readonly<Record<ParquetType, number>> = {
  text: 0,
  decimal: 1,
  date: 2,
  boolean: 3,
  exact: 4,
}

/** The bytes that are passed to the kernel at once, unless a record is larger. */
const FRAME_BYTES = 256 * 1024

/** Takes the kernel for records with these columns, all but `exact`. Without `page`, records are only read, not encoded. */
export function recordFeed(
  kernel: EncoderKernel,
  columns: readonly ParquetColumn[],
  sink: Partial<Omit<PageSink, 'records'>> & { readonly onRecords?: OnRecords | undefined },
): RecordFeed {
  const { onRecords } = sink
  const ownSink: PageSink = {
    block: sink.block ?? unexpected,
    page: sink.page ?? unexpected,
    records(rows) {
      onRecords?.(fieldsOf(wasm, rows))
    },
  }
  const wasm = kernel.take(ownSink)
  setColumns(wasm, columns)
  wasm.isEncoding.value = sink.page === undefined ? 0 : 1
  wasm.beginGroup()
  /** The beginning of a record that was cut. */
  const rest = byteBuffer(0)

  function assertHeld(): void {
    if (!kernel.isHeldBy(ownSink)) throw new Error('another encoder has taken the kernel')
  }

  /** Takes whole records from `size` bytes of {@link rest} followed by `csv`, from `pos` on; returns their size. */
  function takeRecords(csv: Uint8Array, pos: number, size: number): number {
    const ofRest = rest.bytes.subarray(pos, Math.min(rest.length, pos + size))
    const from = Math.max(0, pos - rest.length)
    const ofCsv = csv.subarray(from, from + size - ofRest.length)
    const length = ofRest.length + ofCsv.length
    const address = wasm.frame(length) // memory may grow with it
    const frame = new Uint8Array(wasm.memory.buffer, address, length)
    frame.set(ofRest)
    frame.set(ofCsv, ofRest.length)
    const taken = wasm.takeRecords(length)
    if (Number(wasm.isMalformed.value) === 0) return taken
    const fields = columns.length - 1
    throw new ArchiveError('FORMAT_INVALID', `not CSV records of ${fields} fields`)
  }

  /** Keeps what follows the first `pos` bytes of {@link rest} and `csv`. */
  function keepRest(csv: Uint8Array, pos: number): void {
    const from = Math.max(0, pos - rest.length)
    if (pos > 0) rest.length = 0 // a record has ended, and with it what was cut before
    reserve(rest, csv.length - from)
    append(rest, csv, from, csv.length)
  }

  return {
    wasm,
    add(csv, endGroup) {
      assertHeld()
      const length = rest.length + csv.length
      let pos = 0
      let size = FRAME_BYTES
      while (pos < length) {
        const taken = takeRecords(csv, pos, size)
        pos += taken
        if (Number(wasm.isGroupFull.value) !== 0) endGroup()
        if (taken > 0) size = FRAME_BYTES
        else if (pos + size < length) size *= 2
        else break
      }
      keepRest(csv, pos)
    },
    end() {
      assertHeld()
      if (rest.length > 0) throw new ArchiveError('FORMAT_INVALID', 'a CSV record is cut')
    },
  }
}

/** Reads the fields of CSV records without encoding them. Throws as {@link RecordFeed} does. */
export function recordReader(
  kernel: EncoderKernel,
  columns: readonly ParquetColumn[],
  onRecords: OnRecords,
): { add(csv: Uint8Array): void; end(): void } {
  const feed = recordFeed(kernel, columns, { onRecords })
  return { add: (csv) => feed.add(csv, feed.wasm.beginGroup), end: feed.end }
}

function setColumns(wasm: EncoderExports, columns: readonly ParquetColumn[]): void {
  if (columns.length > wasm.MAX_COLUMNS.value || columns.at(-1)?.type !== 'exact') {
    throw new Error(`${columns.length} columns, or exact is not the last`)
  }
  wasm.beginTable()
  for (const { name, type } of columns) {
    const key = Buffer.from(`${JSON.stringify(name)}:`)
    const at = wasm.addColumn(TYPES[type], key.length)
    new Uint8Array(wasm.memory.buffer, at, key.length).set(key)
  }
}

function fieldsOf(wasm: EncoderExports, rows: number): RecordFields {
  const { buffer } = wasm.memory
  const stride = wasm.FRAME_ROWS.value as number
  const places = new Int32Array(buffer, wasm.FIELDS.value as number)
  return { rows, bytes: Buffer.from(buffer), places, stride }
}

function unexpected(): never {
  throw new Error('pages without an encoder')
}
