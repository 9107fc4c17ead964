import { catalogue } from '../../shared/datasets/catalogue.ts'
import { type Series, seriesLabel } from '../../shared/snapshots/series.ts'
import { listSeries } from '../../shared/usecases/list-series.ts'
import {
  readSnapshot,
  type Snapshot,
  snapshotNumbers,
} from '../../shared/usecases/read-snapshots.ts'
import { seriesFailures } from '../../shared/usecases/series-failures.ts'
import { type Filter, matches } from '../arguments.ts'
import type { Context } from '../context.ts'
import { type Outcome, table } from '../outcome.ts'

/** The newest snapshot of every series; with `all`, every one. Exit code 1 if one can't be read: it is named. */
export async function list(
  { deps, say }: Context,
  options: Filter & { readonly all: boolean },
): Promise<Outcome> {
  const { snapshots, source, log } = deps.archive
  const failures = seriesFailures(log, 'list.failed', say)
  const isWanted = matches(options)
  const found: (Series & { readonly number: number } & ReturnType<typeof factsOf>)[] = []
  for await (const series of listSeries(snapshots, source.kind)) {
    if (!isWanted(series)) continue
    const numbers = await snapshotNumbers(snapshots, series)
    for (const number of options.all ? numbers : numbers.slice(-1)) {
      await failures.attempt(seriesLabel(series), async () => {
        const snapshot = await readSnapshot(snapshots, series, number)
        if (snapshot !== null) found.push({ ...series, number, ...factsOf(snapshot) })
      })
    }
  }
  const exitCode = failures.count() === 0 ? 0 : 1
  if (found.length === 0) {
    return { text: 'Nothing is archived (of what was asked for).', json: [], exitCode }
  }
  const rows = found.map((each) => {
    const costColumn = catalogue.find(each.dataset)?.costColumn ?? null
    const cost = costColumn === null ? '' : (each.totals[costColumn] ?? '')
    const { dataset, enrollment, billingPeriod, number, rowCount, takenAt } = each
    const settled = each.settled ? 'settled' : 'open'
    return [dataset, enrollment, billingPeriod, number, settled, takenAt, rowCount, cost]
  })
  const header = ['dataset', 'enrollment', 'period', 'number', '', 'taken at', 'rows', 'cost total']
  const json = found.map(({ source: _source, ...each }) => each)
  return { text: table(header, rows), json, exitCode }
}

function factsOf({ manifest, sha256 }: Snapshot) {
  const { settled, takenAt, rowCount, totals, contentSha256 } = manifest
  return { settled, takenAt, rowCount, totals, contentSha256, manifestSha256: sha256 }
}
