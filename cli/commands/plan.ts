import { datasets } from '../../shared/datasets/catalogue.ts'
import type { Series } from '../../shared/format/series.ts'
import { sourcesOffering } from '../../shared/sources/source.ts'
import type { DuePlan } from '../../shared/usecases/plan/due.ts'
import { dueSeries } from '../../shared/usecases/plan/due-series.ts'
import { openOrJoin } from '../../shared/usecases/plan/open-or-join.ts'
import { seriesFailures } from '../../shared/usecases/state/series-failures.ts'
import { checkStorage } from '../../shared/usecases/status/check-health.ts'
import { table } from '../../terminal/table.ts'
import type { Filter } from '../arguments.ts'
import { checkEnrollment } from '../check-enrollment.ts'
import { type Context, need } from '../context.ts'
import { labelOf } from '../label-of.ts'
import type { Outcome } from '../outcome.ts'
import { sourceColumn } from '../source-column.ts'

/**
 * Shows what is due now; with `open`, opens the plans and queues their parts, as the timers do. A series or
 * enrollment that fails is named and does not hide the others. Exit code 1 if one failed.
 */
export async function plan(
  context: Context,
  options: Filter & { readonly open: boolean },
): Promise<Outcome> {
  need(context, 'plan', 'ENROLLMENTS', 'KEY_VAULT_URI')
  const { deps, config, say, screen } = context
  checkEnrollment(config, options.enrollment)
  const { archive } = deps
  await checkStorage(archive)
  const signal = new AbortController().signal
  const due: (Series & DuePlan)[] = []
  const failures = seriesFailures(archive.log, 'plan.not-opened', (line) => say(line))
  const wanted = datasets.filter(({ name }) => (options.dataset ?? name) === name)
  const enrollments = config.ENROLLMENTS.filter((each) => (options.enrollment ?? each) === each)
  for (const dataset of wanted) {
    for (const enrollment of enrollments) {
      for (const source of sourcesOffering(archive.sources, dataset.name)) {
        const { kind } = source.definition
        await failures.attempt(`${dataset.name} ${enrollment}`, async () => {
          for (const each of await dueSeries(archive, source, dataset, enrollment, signal, {
            failures,
          })) {
            const { billingPeriod } = each
            if ((options.period ?? billingPeriod) !== billingPeriod) continue
            const series = { source: kind, dataset: dataset.name, enrollment, billingPeriod }
            due.push({ ...series, ...each })
            if (!options.open) continue
            await failures.attempt(labelOf(context, series), () =>
              openOrJoin(archive, dataset, series, each),
            )
          }
        })
      }
    }
  }
  const { columns: source, cells, told } = sourceColumn(context, due)
  const rows = due.map((each) => [
    ...cells(each),
    each.dataset,
    each.enrollment,
    each.billingPeriod,
    each.settled ? 'settled' : 'unsettled',
    screen.count(each.parts.length),
  ])
  const title = options.open ? 'Opened or joined:' : 'Due now (--open opens these plans):'
  const exitCode = failures.count() === 0 ? 0 : 1
  const columns = [
    ...source,
    { title: 'dataset', least: 12 },
    { title: 'enrollment', least: 8 },
    { title: 'period' },
    { title: 'state' },
    { title: 'parts', align: 'right' as const },
  ]
  const shown = table(screen, columns, rows)
  const text = due.length === 0 ? 'Nothing is due.' : `${title}\n${shown}`
  return { text, json: due.map(told), exitCode }
}
