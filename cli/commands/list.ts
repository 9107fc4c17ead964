import { datasetNamed } from '../../shared/datasets/catalogue.ts'
import { listSeries } from '../../shared/usecases/list-series.ts'
import { readSnapshot, snapshotNumbers } from '../../shared/usecases/read-snapshots.ts'
import { type Filter, matches } from '../arguments.ts'
import type { Context } from '../context.ts'
import { type Outcome, ok, table } from '../outcome.ts'

/** The newest snapshot of every series; with `all`, every one. */
export async function list(
  { deps }: Context,
  options: Filter & { readonly all: boolean },
): Promise<Outcome> {
  const { snapshots, source } = deps.archive
  const isWanted = matches(options)
  const found = []
  for await (const series of listSeries(snapshots, source.kind)) {
    if (!isWanted(series)) continue
    const numbers = await snapshotNumbers(snapshots, series)
    for (const number of options.all ? numbers : numbers.slice(-1)) {
      const snapshot = await readSnapshot(snapshots, series, number)
      if (snapshot === null) continue
      const { settled, takenAt, rowCount, totals, contentSha256 } = snapshot.manifest
      const { dataset, enrollment, billingPeriod } = series
      const digests = { contentSha256, manifestSha256: snapshot.sha256 }
      const facts = { number, settled, takenAt, rowCount, totals, ...digests }
      found.push({ dataset, enrollment, billingPeriod, ...facts })
    }
  }
  if (found.length === 0) return ok('Nothing is archived (of what was asked for).', [])
  const rows = found.map((each) => {
    const { costColumn } = datasetNamed(each.dataset)
    const cost = costColumn === null ? '' : (each.totals[costColumn] ?? '')
    const { dataset, enrollment, billingPeriod, number, rowCount, takenAt } = each
    const settled = each.settled ? 'settled' : 'open'
    return [dataset, enrollment, billingPeriod, number, settled, takenAt, rowCount, cost]
  })
  const header = ['dataset', 'enrollment', 'period', 'number', '', 'taken at', 'rows', 'cost total']
  return ok(table(header, rows), found)
}
