/** The metadata of row groups, as in a file's footer. */

/** A column's pages within a row group. */
export interface ColumnChunk {
  /** The position of its first page in the file. */
  readonly offset: number
  /** The position of its first data page: after the dictionary page, if there is one. */
  readonly dataOffset: number
  /** The size of all pages with their headers, compressed and before compression. */
  readonly bytes: number
  readonly rawBytes: number
  /** Rows, including those without a value. */
  readonly values: number
  readonly nulls: number
  /** Rows whose text the column can't represent, so that `exact` has it. */
  readonly inexact: number
  /** The smallest and the largest value, in the PLAIN encoding but without the length of texts; null if unknown. */
  readonly bounds: Bounds | null
}

export interface Bounds {
  readonly minimum: Uint8Array
  readonly maximum: Uint8Array
}

/** A row group, with a chunk for each column. */
export interface RowGroup {
  readonly rows: number
  readonly chunks: readonly ColumnChunk[]
}

/** True if the chunk's first page is a dictionary. */
export function hasDictionary({ offset, dataOffset }: ColumnChunk): boolean {
  return offset !== dataOffset
}

/** Returns the metadata of the same pages `by` bytes further on. */
export function movedBy(group: RowGroup, by: number): RowGroup {
  const chunks = group.chunks.map((chunk) => ({
    ...chunk,
    offset: chunk.offset + by,
    dataOffset: chunk.dataOffset + by,
  }))
  return { ...group, chunks }
}

/** The size of the group's pages. */
export function groupBytes({ chunks }: RowGroup): number {
  return chunks.reduce((sum, { bytes }) => sum + bytes, 0)
}
