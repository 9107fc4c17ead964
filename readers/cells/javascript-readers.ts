/** Readers that run in this process: hyparquet, DuckDB and, where it can be installed, Polars. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { ParquetColumn } from '../../shared/outputs/parquet/columns.ts'
import type { Cell } from '../../testing/oracles/parquet-oracle.ts'
import { readParquet } from '../../testing/parquet/read-parquet.ts'
import { queryWithDuckDb } from '../programs/duckdb-query.ts'
import type { NpmPackage } from '../programs/npm-package.ts'
import type { CellsRead, Reader, ViewCase } from './reader.ts'

export const hyparquet: Reader = {
  name: 'hyparquet',
  read: (cases) =>
    inTurn(cases, async ({ path, columns }) => {
      const rows = await readParquet(await readFile(path))
      return new Map(columns.map(({ name }) => [name, rows.map((row) => row[name] ?? null)]))
    }),
}

export const duckDb: Reader = {
  name: 'DuckDB',
  read: (cases) =>
    inTurn(cases, async ({ path, columns }) => {
      const texts = columns.map(({ name, type }) =>
        type === 'date' ? `("${name}" - DATE '1970-01-01')::VARCHAR` : `"${name}"::VARCHAR`,
      )
      const rows = await queryWithDuckDb(`SELECT ${texts.join(', ')} FROM '${path}'`)
      return cellsRead(columns, (_name, at) => rows.map((row) => row[at] as string | null))
    }),
}

/** As much of Polars as is used here. */
interface Polars {
  readParquet(path: string): {
    select(...columns: unknown[]): { getColumn(name: string): { toArray(): (string | null)[] } }
  }
  col(name: string): { cast(type: unknown): { cast(type: unknown): unknown } }
  readonly Utf8: unknown
  readonly Int32: unknown
}

export function polars({ folder }: NpmPackage): Reader {
  const pl = createRequire(join(folder, 'package.json'))(folder) as Polars
  return {
    name: 'Polars',
    read: (cases) =>
      inTurn(cases, async ({ path, columns }) => {
        const texts = columns.map(({ name, type }) =>
          type === 'date' ? pl.col(name).cast(pl.Int32).cast(pl.Utf8) : pl.col(name).cast(pl.Utf8),
        )
        const frame = pl.readParquet(path).select(...texts)
        return cellsRead(columns, (name) => frame.getColumn(name).toArray())
      }),
  }
}

async function inTurn(
  cases: readonly ViewCase[],
  read: (view: ViewCase) => Promise<CellsRead>,
): Promise<CellsRead[]> {
  const found: CellsRead[] = []
  for (const each of cases) found.push(await read(each))
  return found
}

/** Cells from the texts that a program makes of them. */
function cellsRead(
  columns: readonly ParquetColumn[],
  textsOf: (name: string, at: number) => readonly (string | null)[],
): CellsRead {
  return new Map(
    columns.map(({ name, type }, at) => [
      name,
      textsOf(name, at).map((text) => (text === null ? null : cellOf(text, type))),
    ]),
  )
}

function cellOf(text: string, type: ParquetColumn['type']): Cell {
  switch (type) {
    case 'decimal': {
      const [whole = '', fraction = ''] = text.split('.')
      return BigInt(`${whole}${fraction.padEnd(18, '0')}`)
    }
    case 'date':
      return Number(text)
    case 'boolean':
      return text === 'true'
    case 'text':
    case 'exact':
      return text
  }
}
