/** Totals by service, subscription and month, as DuckDB computes them from the view, against the archive's JSON. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exactly, type Figure, shown } from '../../bench/measure.ts'
import { copyView } from '../../testing/parquet/view-folder.ts'
import { startStack } from '../../testing/stack/archive-stack.ts'
import { openArchive } from '../../testing/stack/read-archive.ts'
import { queryWithDuckDb } from '../programs/duckdb-query.ts'
import { differingTotals, type Totals, totalsOf } from './expected-totals.ts'
import { FORMS, GROUPINGS, TABLES, totalsQuery } from './queries.ts'

export async function totalFigures(
  rowsPerDay: number,
  say: (line: string) => void,
): Promise<Figure[]> {
  const stack = await startStack()
  const folder = await mkdtemp(join(tmpdir(), 'billing-archive-totals-'))
  // Two settled months, one by day.
  const bill = await stack.fresh({
    simulator: { day: '2017-05-12', rowsPerDay, months: 3 },
    settings: { VIEW_FORMATS: 'csv,parquet' },
  })
  await bill.run()
  const stored = openArchive(bill.blobUrl, stack.services.credential)
  await copyView(stored, folder)
  const snapshots = await Promise.all(
    [...(await stored.newest()).values()].map(async (manifest) => ({
      manifest,
      rows: await stored.rows(manifest),
    })),
  )
  await bill.close()
  await stack.close()
  const wrong: string[] = []
  let compared = 0
  for (const table of TABLES) {
    const own = snapshots.filter(({ manifest }) => manifest.dataset === table.dataset)
    for (const grouping of GROUPINGS) {
      const expected = totalsOf(own, table, grouping)
      for (const form of FORMS) {
        const sql = totalsQuery(folder, table, grouping, form)
        const found: Totals = new Map((await queryWithDuckDb(sql)) as [string, string][])
        compared += expected.size
        const differing = differingTotals(expected, found)
        wrong.push(...differing.map((line) => `${table.dataset} by ${grouping}, ${form}: ${line}`))
      }
    }
    // The manifests' own totals, which the archive computed while it fetched.
    const months = totalsOf(own, table, 'month')
    const totals: Totals = new Map(
      own.map(({ manifest }) => [manifest.billingPeriod, manifest.totals[table.cost] ?? '0']),
    )
    wrong.push(...differingTotals(totals, months).map((line) => `manifest: ${line}`))
  }
  await rm(folder, { recursive: true, force: true })
  for (const line of wrong.slice(0, 10)) say(`DIFFERS ${line}`)
  if (compared < 100) throw new Error(`only ${compared} totals were compared`)
  return [
    exactly('reader-totals-differing', wrong.length, 0, `of ${compared} totals`),
    shown(
      'reader-totals-rows',
      snapshots.reduce((sum, { rows }) => sum + rows.length, 0),
      'rows',
    ),
  ]
}
