import { catalogue } from '../../shared/datasets/catalogue.ts'
import type { Series } from '../../shared/format/series.ts'
import { listSeries } from '../../shared/usecases/read/list-series.ts'
import {
  readSnapshot,
  type Snapshot,
  snapshotNumbers,
} from '../../shared/usecases/read/read-snapshots.ts'
import { seriesFailures } from '../../shared/usecases/state/series-failures.ts'
import { table } from '../../terminal/table.ts'
import { type Filter, matches } from '../arguments.ts'
import type { Context } from '../context.ts'
import { currencyOf } from '../currency.ts'
import { labelOf } from '../label-of.ts'
import { counted, type Outcome } from '../outcome.ts'
import { sourceColumn } from '../source-column.ts'

/**
 * Lists the newest snapshot of every series, or all snapshots with `all`. Exit code 1 if one is unreadable,
 * which is named.
 */
export async function list(
  context: Context,
  options: Filter & { readonly all: boolean },
): Promise<Outcome> {
  const { deps, say, screen } = context
  const { snapshots, sources, log } = deps.archive
  const failures = seriesFailures(log, 'list.failed', say)
  const isWanted = matches(options)
  const found: (Series & { readonly number: number } & ReturnType<typeof factsOf>)[] = []
  for await (const series of listSeries(snapshots, sources)) {
    if (!isWanted(series)) continue
    const numbers = await snapshotNumbers(snapshots, series)
    for (const number of options.all ? numbers : numbers.slice(-1)) {
      await failures.attempt(labelOf(context, series), async () => {
        const snapshot = await readSnapshot(snapshots, series, number)
        if (snapshot !== null) found.push({ ...series, number, ...factsOf(snapshot) })
      })
    }
  }
  const exitCode = failures.count() === 0 ? 0 : 1
  if (found.length === 0) {
    return { text: 'No archived snapshot matches.', json: [], exitCode }
  }
  const currencies = new Map<string, string>()
  for (const enrollment of new Set(found.map((each) => each.enrollment))) {
    currencies.set(enrollment, await currencyOf(context, enrollment))
  }
  const { columns: source, cells, told } = sourceColumn(context, found)
  const rows = found.map((each) => {
    const costColumn = catalogue.find(each.dataset)?.costColumn ?? null
    const cost = costColumn === null ? null : (each.totals[costColumn] ?? null)
    const currency = currencies.get(each.enrollment) ?? ''
    return [
      ...cells(each),
      each.dataset,
      each.enrollment,
      each.billingPeriod,
      String(each.number),
      each.settled ? 'settled' : 'unsettled',
      screen.count(each.rowCount),
      cost === null ? '' : `${screen.amount(cost)} ${currency}`.trimEnd(),
      screen.time(each.takenAt),
    ]
  })
  const columns = [
    ...source,
    { title: 'dataset', least: 12 },
    { title: 'enrollment', least: 8 },
    { title: 'period' },
    { title: 'number', align: 'right' as const },
    { title: 'state', drop: 1 },
    { title: 'rows', align: 'right' as const },
    { title: 'cost', align: 'right' as const },
    { title: 'taken at', drop: 2 },
  ]
  const text = `${table(screen, columns, rows)}\n${screen.style('dim', counted(found.length, 'snapshot'))}`
  return { text, json: found.map(told), exitCode }
}

function factsOf({ manifest, sha256 }: Snapshot) {
  const { settled, takenAt, rowCount, totals, contentSha256 } = manifest
  return { settled, takenAt, rowCount, totals, contentSha256, manifestSha256: sha256 }
}
