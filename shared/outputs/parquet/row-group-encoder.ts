/** Encodes rows as row groups: the host side of `kernel/assembly/parquet`. */
import { ArchiveError } from '../../errors.ts'
import { append, byteBuffer, reserve } from '../../rows/bytes/byte-buffer.ts'
import type { ParquetColumn, ParquetType } from './columns.ts'
import type { EncoderExports, EncoderKernel, PageSink } from './encoder-kernel.ts'
import { PageKind, pageHeader } from './page-header.ts'
import type { Bounds, ColumnChunk, RowGroup } from './row-group.ts'

/** A complete row group. */
export interface EncodedGroup {
  /** The bytes of the row group, to be written in this order. */
  readonly pages: readonly Buffer[]
  /** Its metadata; offsets count from the first page. */
  readonly group: RowGroup
}

export interface RowGroupEncoder {
  /**
   * Adds CSV records as the archive writes them, without the header. A record may continue in the next call. Returns the
   * groups that became full: with 65,536 rows, or with 64 MiB of records. Throws `FORMAT_INVALID` for other bytes; the
   * encoder can't be used after that.
   */
  add(csv: Uint8Array): EncodedGroup[]
  /** Ends the current group and returns it; null if it has no rows. Throws `FORMAT_INVALID` within a record. */
  endGroup(): EncodedGroup | null
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

/**
 * Creates an encoder for records with these columns; it adds the last one, `exact`, itself. The same records with the same
 * ends of groups give the same bytes. The encoder throws once another one has taken the kernel.
 */
export function rowGroupEncoder(
  kernel: EncoderKernel,
  columns: readonly ParquetColumn[],
): RowGroupEncoder {
  const pages = pageCollector(columns.length)
  const wasm = kernel.take(pages.sink)
  setColumns(wasm, columns)
  wasm.beginGroup()
  /** The beginning of a record that was cut. */
  const rest = byteBuffer(0)

  function assertHeld(): void {
    if (!kernel.isHeldBy(pages.sink)) throw new Error('another encoder has taken the kernel')
  }

  /**
   * Encodes whole records from `size` bytes of {@link rest} followed by `csv`, from `pos` on; returns the size of these
   * records.
   */
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

  function finishGroup(): EncodedGroup {
    wasm.endGroup()
    const encoded = pages.finish(wasm, wasm.groupRows.value)
    wasm.beginGroup()
    return encoded
  }

  return {
    add(csv) {
      assertHeld()
      const length = rest.length + csv.length
      const groups: EncodedGroup[] = []
      let pos = 0
      let size = FRAME_BYTES
      while (pos < length) {
        const taken = takeRecords(csv, pos, size)
        pos += taken
        if (Number(wasm.isGroupFull.value) !== 0) groups.push(finishGroup())
        if (taken > 0) size = FRAME_BYTES
        else if (pos + size < length) size *= 2
        else break
      }
      keepRest(csv, pos)
      return groups
    },

    endGroup() {
      assertHeld()
      if (rest.length > 0) throw new ArchiveError('FORMAT_INVALID', 'a CSV record is cut')
      return wasm.groupRows.value === 0 ? null : finishGroup()
    },
  }
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

/** Collects the pages of a group by column, because the kernel writes each one as soon as it is full. */
function pageCollector(columns: number) {
  let blocks: Buffer[] = []
  let chunks = emptyChunks()

  function emptyChunks(): PagesOfColumn[] {
    return Array.from({ length: columns }, () => ({
      pages: [],
      bytes: 0,
      rawBytes: 0,
      dictionaryBytes: 0,
    }))
  }

  const sink: PageSink = {
    block(bytes) {
      blocks.push(Buffer.from(bytes))
    },
    page(column, kind, rawBytes, values) {
      const bytes = blocks.reduce((sum, { length }) => sum + length, 0)
      const header = pageHeader(kind, rawBytes, bytes, values)
      const chunk = chunks[column] as PagesOfColumn
      chunk.pages.push(header, ...blocks)
      chunk.bytes += header.length + bytes
      chunk.rawBytes += header.length + rawBytes
      if (kind === PageKind.dictionary) chunk.dictionaryBytes = header.length + bytes
      blocks = []
    },
  }

  return {
    sink,
    /** Returns the group that has ended, and begins the next one. */
    finish(wasm: EncoderExports, rows: number): EncodedGroup {
      let offset = 0
      const group = {
        rows,
        chunks: chunks.map((chunk, column) => {
          const made = chunkOf(wasm, column, chunk, rows, offset)
          offset += chunk.bytes
          return made
        }),
      }
      const pages = chunks.flatMap((chunk) => chunk.pages)
      chunks = emptyChunks()
      return { pages, group }
    },
  }
}

interface PagesOfColumn {
  readonly pages: Buffer[]
  bytes: number
  rawBytes: number
  dictionaryBytes: number
}

function chunkOf(
  wasm: EncoderExports,
  column: number,
  { bytes, rawBytes, dictionaryBytes }: PagesOfColumn,
  values: number,
  offset: number,
): ColumnChunk {
  return {
    offset,
    dataOffset: offset + dictionaryBytes,
    bytes,
    rawBytes,
    values,
    nulls: wasm.nullsOf(column),
    inexact: wasm.oddOf(column),
    bounds: boundsOf(wasm, column),
  }
}

function boundsOf(wasm: EncoderExports, column: number): Bounds | null {
  if (wasm.hasStatistics(column) === 0) return null
  const copy = (start: number, length: number): Buffer =>
    Buffer.from(new Uint8Array(wasm.memory.buffer, start, length))
  return {
    minimum: copy(wasm.minimumAt(column), wasm.minimumLength(column)),
    maximum: copy(wasm.maximumAt(column), wasm.maximumLength(column)),
  }
}
