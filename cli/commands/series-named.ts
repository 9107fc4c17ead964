import type { Series } from '../../shared/snapshots/series.ts'
import { namedSeries } from '../arguments.ts'
import { type Context, oneEnrollment } from '../context.ts'

/** The series that the command line names, in the archive at hand. Rejects with `BAD_REQUEST`. */
export async function seriesNamed(
  context: Context,
  dataset: string,
  words: readonly string[],
  flag: string | undefined,
): Promise<Series> {
  const named = namedSeries(dataset, words, flag)
  const enrollment = await oneEnrollment(context, named.enrollment)
  const source = context.deps.archive.source.kind
  return { source, dataset: named.dataset, enrollment, billingPeriod: named.billingPeriod }
}
