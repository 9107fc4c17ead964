/** Rows to Parquet in memory: ours from CSV against hyparquet-writer and parquet-wasm from values that are already parsed. */
import type { ParquetColumn } from '../shared/outputs/parquet/columns.ts'
import type { EncodedGroup } from '../shared/outputs/parquet/row-group-encoder.ts'
import type { Cell } from '../testing/oracles/parquet-oracle.ts'
import { parquetFile } from '../testing/parquet/parquet-file.ts'
import { readParquet } from '../testing/parquet/read-parquet.ts'
import { atLeast, exactly, type Figure, interleaved, type Timing } from './measure.ts'

const GROUP_ROWS = 65_536

/** Compares CPU time, and the cells of both files. `encode`: ours, of CSV records with these columns. */
export async function inMemoryFigures(
  csv: Buffer,
  columns: readonly ParquetColumn[],
  encode: (csv: Buffer) => EncodedGroup[],
  rounds: number,
): Promise<Figure[]> {
  const { parquetWriteBuffer } = await import('../tools/hyparquet-writer.ts')
  const { parquetByWasm } = await import('../tools/parquet-wasm.ts')
  const rows = await readParquet(parquetFile(columns, encode(csv)))
  const columnData = columns.map(({ name, type }) => ({
    name,
    data: rows.map((row) => valueOf(row[name] ?? null, type)),
  }))
  const schema = [
    { name: 'rows', num_children: columns.length },
    ...columns.map(({ name, type }) => ({ name, ...ELEMENTS[type] })),
  ]
  const write = (): ArrayBuffer =>
    parquetWriteBuffer({ columnData, schema, codec: 'SNAPPY', rowGroupSize: GROUP_ROWS })
  const arrowColumns = columns.map(({ name, type }) => ({
    name,
    type: type === 'exact' ? 'text' : type,
    cells: rows.map((row) => row[name] ?? null),
  }))
  const writeByWasm = (): Uint8Array => parquetByWasm(arrowColumns, GROUP_ROWS)
  const timings = interleaved(
    new Map<string, () => void>([
      ['ours', () => encode(csv)],
      ['hyparquet', write],
      ['wasm', writeByWasm],
    ]),
    rounds,
  )
  const cpuOf = (name: string): number => (timings.get(name) as Timing).cpuMs
  const byHyparquet = countDiffering(rows, await readParquet(Buffer.from(write())))
  const byWasm = countDiffering(rows, await readParquet(Buffer.from(writeByWasm())))
  return [
    atLeast('parquet-cpu-vs-hyparquet', cpuOf('hyparquet') / cpuOf('ours'), 8),
    exactly('parquet-cells-differing-hyparquet', byHyparquet, 0, 'cells'),
    atLeast('parquet-cpu-vs-parquet-wasm', cpuOf('wasm') / cpuOf('ours'), 10),
    exactly('parquet-cells-differing-parquet-wasm', byWasm, 0, 'cells'),
  ]
}

const TEXT = { type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' } as const

const ELEMENTS = {
  text: TEXT,
  exact: TEXT,
  decimal: {
    type: 'FIXED_LEN_BYTE_ARRAY',
    type_length: 16,
    converted_type: 'DECIMAL',
    precision: 38,
    scale: 18,
    repetition_type: 'OPTIONAL',
  },
  date: { type: 'INT32', converted_type: 'DATE', repetition_type: 'OPTIONAL' },
  boolean: { type: 'BOOLEAN', repetition_type: 'OPTIONAL' },
} as const

function valueOf(cell: Cell, type: ParquetColumn['type']): Cell | Date {
  return type === 'date' && cell !== null ? new Date(Number(cell) * 86_400_000) : cell
}

function countDiffering(
  a: readonly Readonly<Record<string, Cell>>[],
  b: readonly Readonly<Record<string, Cell>>[],
): number {
  let count = Math.abs(a.length - b.length)
  a.forEach((row, i) => {
    for (const [name, cell] of Object.entries(row)) if (b[i]?.[name] !== cell) count++
  })
  return count
}
