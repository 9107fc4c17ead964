/** Reads the footers that `footer.ts` writes. */
import { ArchiveError } from '../../errors.ts'
import { EXACT_NAME, type ParquetColumn, type ParquetType } from './columns.ts'
import { CREATED_BY, INEXACT, type ParquetFile } from './footer.ts'
import { MAGIC, PhysicalType } from './parquet-codes.ts'
import type { ColumnChunk, RowGroup } from './row-group.ts'
import { readThrift, type ThriftStruct } from './thrift-reader.ts'

/** A file as its footer describes it. */
export interface StoredParquet extends ParquetFile {
  /** True if this version of the encoder wrote it: then the same rows have the same bytes. */
  readonly isOurs: boolean
}

/** The size of the end of a file, which contains the length of its footer. */
export const TAIL_BYTES = 8

/** Returns the size of the footer, given at least the last {@link TAIL_BYTES} bytes of the file. Throws `FORMAT_INVALID`. */
export function footerBytes(end: Uint8Array): number {
  const tail = Buffer.from(end.subarray(Math.max(0, end.length - TAIL_BYTES)))
  if (tail.length < TAIL_BYTES || !tail.subarray(4).equals(MAGIC)) {
    throw new ArchiveError('FORMAT_INVALID', 'not a Parquet file: PAR1 is missing at its end')
  }
  return tail.readUInt32LE(0) + TAIL_BYTES
}

/** Reads the footer at the end of `end`, the last bytes of a file. Throws `FORMAT_INVALID`. */
export function readFooter(end: Uint8Array): StoredParquet {
  const length = footerBytes(end)
  if (length > end.length) {
    throw new ArchiveError('FORMAT_INVALID', 'the footer of a Parquet file is cut')
  }
  const metadata = readThrift(end.subarray(end.length - length, end.length - TAIL_BYTES))
  const notes = keyValues(metadata, 5)
  notes.delete(INEXACT)
  const columns = metadata.structs(2).slice(1).map(columnOf)
  const groups = metadata.structs(4).map(groupOf)
  if (groups.some(({ chunks }) => chunks.length !== columns.length)) {
    throw new ArchiveError('FORMAT_INVALID', 'a Parquet row group lacks a column')
  }
  const isOurs = metadata.bytesOrNull(6)?.toString() === CREATED_BY
  return { columns, groups, notes, isOurs }
}

function columnOf(element: ThriftStruct): ParquetColumn {
  const name = element.bytes(4).toString()
  return { name, type: name === EXACT_NAME ? EXACT_NAME : typeOf(element.number(1)) }
}

function typeOf(physical: number): ParquetType {
  switch (physical) {
    case PhysicalType.fixedLengthByteArray:
      return 'decimal'
    case PhysicalType.int32:
      return 'date'
    case PhysicalType.boolean:
      return 'boolean'
    case PhysicalType.byteArray:
      return 'text'
    default:
      throw new ArchiveError('FORMAT_INVALID', `a Parquet column of the foreign type ${physical}`)
  }
}

function groupOf(group: ThriftStruct): RowGroup {
  return { rows: group.number(3), chunks: group.structs(1).map(chunkOf) }
}

function chunkOf(column: ThriftStruct): ColumnChunk {
  const metadata = column.struct(3)
  const statistics = metadata.struct(12)
  const maximum = statistics.bytesOrNull(5)
  const minimum = statistics.bytesOrNull(6)
  return {
    offset: column.number(2),
    dataOffset: metadata.number(9),
    bytes: metadata.number(7),
    rawBytes: metadata.number(6),
    values: metadata.number(5),
    nulls: statistics.number(3),
    inexact: Number(keyValues(metadata, 8).get(INEXACT) ?? 0),
    bounds: minimum === null || maximum === null ? null : { minimum, maximum },
  }
}

function keyValues(owner: ThriftStruct, id: number): Map<string, string> {
  return new Map(
    owner.structs(id).map((entry) => [entry.bytes(1).toString(), entry.bytes(2).toString()]),
  )
}
