/** Encodes rows as row groups: the host side of `kernel/assembly/parquet`. */
import type { ParquetColumn } from './columns.ts'
import type { EncoderExports, EncoderKernel, PageSink } from './encoder-kernel.ts'
import { PageKind, pageHeader } from './page-header.ts'
import { type OnRecords, recordFeed } from './record-feed.ts'
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

/**
 * Creates an encoder for records with these columns; it adds the last one, `exact`, itself. The same records with the same
 * ends of groups give the same bytes. The encoder throws once another one has taken the kernel. `onRecords` gets the fields
 * of all records.
 */
export function rowGroupEncoder(
  kernel: EncoderKernel,
  columns: readonly ParquetColumn[],
  onRecords?: OnRecords,
): RowGroupEncoder {
  const pages = pageCollector(columns.length)
  const records = recordFeed(kernel, columns, { ...pages.sink, onRecords })
  const { wasm } = records

  function finishGroup(): EncodedGroup {
    wasm.endGroup()
    const encoded = pages.finish(wasm, wasm.groupRows.value)
    wasm.beginGroup()
    return encoded
  }

  return {
    add(csv) {
      const groups: EncodedGroup[] = []
      records.add(csv, () => groups.push(finishGroup()))
      return groups
    },

    endGroup() {
      records.end()
      return wasm.groupRows.value === 0 ? null : finishGroup()
    },
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

  const sink: Omit<PageSink, 'records'> = {
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
