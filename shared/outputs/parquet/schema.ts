/** The schema of a table, as in a file's footer. Every column is optional. */
import type { ParquetColumn, ParquetType } from './columns.ts'
import {
  ConvertedType,
  DECIMAL_BYTES,
  DECIMAL_PRECISION,
  DECIMAL_SCALE,
  LogicalType,
  PhysicalType,
  Repetition,
} from './parquet-codes.ts'
import { binary, i32, struct, type Value } from './thrift-writer.ts'

export function physicalType(type: ParquetType): number {
  switch (type) {
    case 'decimal':
      return PhysicalType.fixedLengthByteArray
    case 'date':
      return PhysicalType.int32
    case 'boolean':
      return PhysicalType.boolean
    case 'text':
    case 'exact':
      return PhysicalType.byteArray
  }
}

/** Returns the elements of the schema: its root, then its columns. */
export function schemaElements(columns: readonly ParquetColumn[]): Value[] {
  const root = struct([
    [4, binary('rows')],
    [5, i32(columns.length)],
  ])
  return [root, ...columns.map(elementOf)]
}

function elementOf({ name, type }: ParquetColumn): Value {
  const isDecimal = type === 'decimal'
  return struct([
    [1, i32(physicalType(type))],
    [2, isDecimal ? i32(DECIMAL_BYTES) : null],
    [3, i32(Repetition.optional)],
    [4, binary(name)],
    [6, convertedType(type)],
    [7, isDecimal ? i32(DECIMAL_SCALE) : null],
    [8, isDecimal ? i32(DECIMAL_PRECISION) : null],
    [10, logicalType(type)],
  ])
}

/** The older form of the logical type, which is the only one that some readers know. */
function convertedType(type: ParquetType): Value | null {
  switch (type) {
    case 'decimal':
      return i32(ConvertedType.decimal)
    case 'date':
      return i32(ConvertedType.date)
    case 'boolean':
      return null
    case 'text':
    case 'exact':
      return i32(ConvertedType.utf8)
  }
}

function logicalType(type: ParquetType): Value | null {
  switch (type) {
    case 'decimal': {
      const decimal = struct([
        [1, i32(DECIMAL_SCALE)],
        [2, i32(DECIMAL_PRECISION)],
      ])
      return struct([[LogicalType.decimal, decimal]])
    }
    case 'date':
      return struct([[LogicalType.date, struct([])]])
    case 'boolean':
      return null
    case 'text':
    case 'exact':
      return struct([[LogicalType.string, struct([])]])
  }
}
