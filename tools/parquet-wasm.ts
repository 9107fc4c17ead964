/** Writes Parquet by parquet-wasm, from values in Arrow's memory format. */
import {
  Bool,
  type DataType,
  DateDay,
  Decimal,
  makeBuilder,
  Table,
  tableToIPC,
  Utf8,
  type Vector,
} from 'apache-arrow'
import {
  Compression,
  Table as WasmTable,
  WriterPropertiesBuilder,
  writeParquet,
} from 'parquet-wasm'

export type ArrowType = 'text' | 'decimal' | 'date' | 'boolean'

export interface ArrowColumn {
  readonly name: string
  readonly type: ArrowType
  /** Texts, decimals × 10^18, days since 1970, booleans; null where there is none. */
  readonly cells: readonly (string | bigint | number | boolean | null)[]
}

/** The bytes of a file with SNAPPY pages. */
export function parquetByWasm(columns: readonly ArrowColumn[], groupRows: number): Uint8Array {
  const table = new Table(
    Object.fromEntries(columns.map((column) => [column.name, vectorOf(column)])),
  )
  const properties = new WriterPropertiesBuilder()
    .setCompression(Compression.SNAPPY)
    .setMaxRowGroupSize(groupRows)
    .build()
  return writeParquet(WasmTable.fromIPCStream(tableToIPC(table, 'stream')), properties)
}

/** The library takes a date as milliseconds. */
const DAY_MS = 86_400_000

function vectorOf({ type, cells }: ArrowColumn): Vector {
  const builder = makeBuilder<DataType, null>({ type: typeOf(type), nullValues: [null] })
  for (const cell of cells) {
    if (typeof cell === 'bigint') builder.append(wordsOf(cell))
    else builder.append(typeof cell === 'number' ? cell * DAY_MS : cell)
  }
  return builder.finish().toVector()
}

function typeOf(type: ArrowType): DataType {
  switch (type) {
    case 'text':
      return new Utf8()
    case 'decimal':
      return new Decimal(18, 38, 128)
    case 'date':
      return new DateDay()
    case 'boolean':
      return new Bool()
  }
}

/** A decimal as Arrow takes it: 128 bits in four words, the lowest first. */
function wordsOf(value: bigint): Uint32Array {
  const bits = BigInt.asUintN(128, value)
  return Uint32Array.from({ length: 4 }, (_, i) => Number((bits >> BigInt(32 * i)) & 0xffff_ffffn))
}
