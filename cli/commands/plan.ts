import { datasets } from '../../shared/datasets/catalogue.ts'
import { dueSeries, openOrJoin } from '../../shared/usecases/archive-dataset.ts'
import type { Filter } from '../arguments.ts'
import type { Context } from '../context.ts'
import { type Outcome, ok, table } from '../outcome.ts'

/** What is due now; with `open`, the plans are opened and their parts put on the queue, as the timers do. */
export async function plan(
  { deps, config }: Context,
  options: Filter & { readonly open: boolean },
): Promise<Outcome> {
  const { archive } = deps
  const signal = new AbortController().signal
  const due = []
  const wanted = datasets.filter(({ name }) => (options.dataset ?? name) === name)
  const enrollments = config.ENROLLMENTS.filter((each) => (options.enrollment ?? each) === each)
  for (const dataset of wanted) {
    for (const enrollment of enrollments) {
      for (const each of await dueSeries(archive, dataset, enrollment, signal)) {
        if ((options.period ?? each.billingPeriod) !== each.billingPeriod) continue
        due.push({ dataset: dataset.name, enrollment, ...each })
        if (!options.open) continue
        const { billingPeriod } = each
        const series = {
          source: archive.source.kind,
          dataset: dataset.name,
          enrollment,
          billingPeriod,
        }
        await openOrJoin(archive, dataset, series, each)
      }
    }
  }
  const rows = due.map(({ dataset, enrollment, billingPeriod, parts, settled }) => [
    dataset,
    enrollment,
    billingPeriod,
    settled ? 'as a whole' : 'unsettled',
    parts.length,
  ])
  const title = options.open ? 'Opened or joined:' : 'Due now (nothing was done: --open does it):'
  if (due.length === 0) return ok('Nothing is due.', due)
  return ok(`${title}\n${table(['dataset', 'enrollment', 'period', '', 'parts'], rows)}`, due)
}
