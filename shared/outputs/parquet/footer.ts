/** The footer of a Parquet file: what its columns are, and where the pages of its row groups stand. */
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

/** What a file says: enough to name its row groups again in another footer. */
export interface ParquetFile {
  readonly columns: readonly ParquetColumn[]
  /** In the order of the rows, which need not be that of the pages. */
  readonly groups: readonly RowGroup[]
  /** What the writer wants to know again; names and texts. */
  readonly notes: ReadonlyMap<string, string>
}

/**
 * Named as programs are that write Parquet, because some readers trust no statistics otherwise. The version is that of the
 * encoding, not of the program: the same rows give the same bytes.
 */
const CREATED_BY = 'billing-archive version 1.0.0'

/** The name under which the file says how many values of each column `exact` has, as a JSON object. */
export const INEXACT = 'inexact'

/**
 * The footer's bytes, which end the file. Every group has a chunk for every column, and the offsets that it will have in the
 * file. The counts of inexact values are added to `notes`.
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

/** How many values of each column stand in `exact`, by name; columns without any are left out. */
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

/** Groups are numbered in 16 bits; the number is left out from where it does not fit. */
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
    // The chunk's own count, so that a later footer can add it up again.
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
