import type { Series } from '../../shared/snapshots/series.ts'
import { namedSeries } from '../arguments.ts'
import { type Context, oneEnrollment } from '../context.ts'

/** Resolves the series named on the command line in this archive. Rejects with `BAD_REQUEST`. */
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
