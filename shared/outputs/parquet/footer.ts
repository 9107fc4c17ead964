/** Writes the footer of a Parquet file: its columns, and where the pages of its row groups are. */
import type { ParquetColumn } from './columns.ts'
import { Codec, Encoding, MAGIC } from './parquet-codes.ts'
import { type ColumnChunk, groupBytes, hasDictionary, type RowGroup } from './row-group.ts'
import { physicalType, schemaElements } from './schema.ts'
import {
  binary,
  bool,
  i16,
  i32,
  i64,
  list,
  struct,
  thriftBytes,
  type Value,
  WireType,
} from './thrift-writer.ts'

/** The content of a footer: enough to refer to the file's row groups in another footer. */
export interface ParquetFile {
  readonly columns: readonly ParquetColumn[]
  /** In the order of the rows; their pages may be in another order. */
  readonly groups: readonly RowGroup[]
  /** Texts by name that the writer wants to keep in the file. */
  readonly notes: ReadonlyMap<string, string>
}

/**
 * Some readers ignore statistics unless this has a name and a version in this form. The version is that of the encoding, not
 * of the program, so that the same rows give the same bytes after an upgrade; raise it when the bytes change.
 */
export const CREATED_BY = 'billing-archive version 1.0.0'

/** The name of the file's note with the number of values in `exact` by column, as a JSON object. */
export const INEXACT = 'inexact'

/**
 * Returns the footer, to be written as the end of the file. Every group must have a chunk for each column, with its offsets in
 * the file. Adds the note {@link INEXACT}.
 */
export function footer({ columns, groups, notes }: ParquetFile): Buffer {
  const rows = groups.reduce((sum, group) => sum + group.rows, 0)
  const inexact = JSON.stringify(inexactCounts({ columns, groups }))
  const typeOrder = struct([[1, struct([])]])
  const body = thriftBytes([
    [1, i32(1)],
    [2, list(WireType.struct, schemaElements(columns))],
    [3, i64(rows)],
    [
      4,
      list(
        WireType.struct,
        groups.map((group, ordinal) => rowGroup(group, columns, ordinal)),
      ),
    ],
    [5, keyValues([...notes, [INEXACT, inexact]])],
    [6, binary(CREATED_BY)],
    [
      7,
      list(
        WireType.struct,
        columns.map(() => typeOrder),
      ),
    ],
  ])
  const tail = Buffer.alloc(8)
  tail.writeUInt32LE(body.length, 0)
  MAGIC.copy(tail, 4)
  return Buffer.concat([body, tail])
}

/** Returns the number of values in `exact` by column, without columns that have none. */
export function inexactCounts({
  columns,
  groups,
}: Pick<ParquetFile, 'columns' | 'groups'>): Record<string, number> {
  const counts: Record<string, number> = {}
  columns.forEach(({ name }, column) => {
    const count = groups.reduce((sum, { chunks }) => sum + (chunks[column]?.inexact ?? 0), 0)
    if (count > 0) counts[name] = count
  })
  return counts
}

function keyValues(entries: Iterable<readonly [string, string]>): Value {
  const values = [...entries].map(([key, value]) =>
    struct([
      [1, binary(key)],
      [2, binary(value)],
    ]),
  )
  return list(WireType.struct, values)
}

/** The largest number of a group; later groups have none, which is allowed. */
const MAX_ORDINAL = 32_767

function rowGroup(group: RowGroup, columns: readonly ParquetColumn[], ordinal: number): Value {
  const { chunks, rows } = group
  if (chunks.length !== columns.length) {
    throw new Error(`${chunks.length} chunks for ${columns.length} columns`)
  }
  const rawBytes = chunks.reduce((sum, chunk) => sum + chunk.rawBytes, 0)
  return struct([
    [
      1,
      list(
        WireType.struct,
        columns.map((column, i) => columnChunk(column, chunks[i] as ColumnChunk)),
      ),
    ],
    [2, i64(rawBytes)],
    [3, i64(rows)],
    [5, i64(Math.min(...chunks.map(({ offset }) => offset)))],
    [6, i64(groupBytes(group))],
    [7, ordinal > MAX_ORDINAL ? null : i16(ordinal)],
  ])
}

function columnChunk({ name, type }: ParquetColumn, chunk: ColumnChunk): Value {
  const { offset, dataOffset, inexact } = chunk
  const isDictionary = hasDictionary(chunk)
  const encodings = [
    Encoding.plain,
    Encoding.rle,
    ...(isDictionary ? [Encoding.rleDictionary] : []),
  ]
  const metadata = struct([
    [1, i32(physicalType(type))],
    [2, list(WireType.i32, encodings.map(i32))],
    [3, list(WireType.binary, [binary(name)])],
    [4, i32(Codec.snappy)],
    [5, i64(chunk.values)],
    [6, i64(chunk.rawBytes)],
    [7, i64(chunk.bytes)],
    // A later footer that refers to this chunk needs its own count.
    [8, inexact === 0 ? null : keyValues([[INEXACT, String(inexact)]])],
    [9, i64(dataOffset)],
    [11, isDictionary ? i64(offset) : null],
    [12, statistics(chunk)],
  ])
  return struct([
    [2, i64(offset)],
    [3, metadata],
  ])
}

function statistics({ nulls, bounds }: ColumnChunk): Value {
  return struct([
    [3, i64(nulls)],
    [5, bounds === null ? null : binary(bounds.maximum)],
    [6, bounds === null ? null : binary(bounds.minimum)],
    [7, bounds === null ? null : bool(true)],
    [8, bounds === null ? null : bool(true)],
  ])
}
