/** The readers of `npm run readers` that are installed with the tools. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { oddUsage } from '../../readers/archive/odd-rows.ts'
import { differences } from '../../readers/cells/compare-cells.ts'
import { duckDb, hyparquet } from '../../readers/cells/javascript-readers.ts'
import { columnsAt } from '../../shared/datasets/columns-at.ts'
import { usageDetails } from '../../shared/datasets/usage-details.ts'
import { parquetColumns } from '../../shared/outputs/parquet/columns.ts'
import { jsonReader } from '../../shared/rows/json/read-json.ts'
import { viewCells } from '../../testing/oracles/view-cells.ts'
import { encoded } from '../../testing/parquet/encoded.ts'
import { parquetFile } from '../../testing/parquet/parquet-file.ts'

const at = columnsAt(usageDetails, usageDetails.rowsVersion)
const columns = parquetColumns(at)
const rows = oddUsage('2017-04-02')

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'readers-'))
})
afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

/** A file with `stored` whose cells should be those of `rows`. */
async function viewOf(name: string, stored: readonly string[]) {
  const reader = jsonReader('list', at.layout)
  reader.push(Buffer.from(`[${stored.join(',')}]`))
  reader.end()
  const path = join(folder, name)
  const csv = Buffer.from(reader.take()?.csv ?? [])
  await writeFile(path, parquetFile(columns, encoded(columns, csv)))
  return { title: name, path, columns, rows: viewCells(usageDetails, columns, rows) }
}

describe.each([duckDb, hyparquet])('$name', ({ read }) => {
  it('reads odd rows as the archive has them', async () => {
    const view = await viewOf('same.parquet', rows)
    const [cells = new Map()] = await read([view])
    expect(differences(view, cells)).toEqual([])
  })

  it('shows a file in which one cell of each type differs', async () => {
    const [row = ''] = rows.slice(2)
    const other = row
      .replace('"offerId":"', '"offerId":"x')
      .replace(/"consumedQuantity":-?/, '"consumedQuantity":7')
      .replace(/"date":"[^"]+/, '"date":"2017-04-09')
      .replace(/"chargesBilledSeparately":[^,]+/, '"chargesBilledSeparately":false')
    const view = await viewOf(
      'other.parquet',
      rows.map((each) => (each === row ? other : each)),
    )
    const [cells = new Map()] = await read([view])
    const found = differences(view, cells).map((line) => line.split(':')[0])
    expect(found).toEqual(
      ['chargesBilledSeparately', 'offerId', 'date', 'consumedQuantity'].map(
        (name) => `${name}, row 2`,
      ),
    )
  })
})
