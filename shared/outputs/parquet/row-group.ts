/** What a footer says about a row group. */

/** A column's pages within a row group. */
export interface ColumnChunk {
  /** Where its first page begins, in the file. */
  readonly offset: number
  /** Where its first data page begins: behind the dictionary, if there is one. */
  readonly dataOffset: number
  /** Bytes of all pages with their headers, as stored and before compression. */
  readonly bytes: number
  readonly rawBytes: number
  /** Rows, including those without a value. */
  readonly values: number
  readonly nulls: number
  /** Rows whose text the column can't say; it stands in `exact`. */
  readonly inexact: number
  /** The smallest and the largest value in the PLAIN encoding (texts without length); null if unknown. */
  readonly bounds: Bounds | null
}

export interface Bounds {
  readonly minimum: Uint8Array
  readonly maximum: Uint8Array
}

/** A row group: a chunk for every column. */
export interface RowGroup {
  readonly rows: number
  readonly chunks: readonly ColumnChunk[]
}

/** True if the chunk's first page is a dictionary. */
export function hasDictionary({ offset, dataOffset }: ColumnChunk): boolean {
  return offset !== dataOffset
}

/** The group as it is when its pages stand `by` bytes further on. */
export function movedBy(group: RowGroup, by: number): RowGroup {
  const chunks = group.chunks.map((chunk) => ({
    ...chunk,
    offset: chunk.offset + by,
    dataOffset: chunk.dataOffset + by,
  }))
  return { ...group, chunks }
}

/** Bytes of the group's pages. */
export function groupBytes({ chunks }: RowGroup): number {
  return chunks.reduce((sum, { bytes }) => sum + bytes, 0)
}
