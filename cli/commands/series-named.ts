import type { Series } from '../../shared/format/series.ts'
import { resolveSeries } from '../../shared/usecases/resolve-series.ts'
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
  const { dataset: name, billingPeriod } = named
  const { sources } = context.deps.archive
  return resolveSeries(sources, { dataset: name, enrollment, billingPeriod })
}
