/** The id of a refresh: its series and its plan. */
import { ArchiveError } from '../../errors.ts'
import { idSchema, type Series, seriesOrNull } from '../../format/series.ts'
import type { Archive } from '../../usecases/archive.ts'
import { sourceToName, unnamedSource } from '../../usecases/resolve-series.ts'

type Sources = Archive['sources']

/** `usagedetails.100.201704.{planId}`; with its source in front if several offer the dataset. */
export function refreshId(sources: Sources, series: Series, planId: string): string {
  const { dataset, enrollment, billingPeriod } = series
  const words = [sourceToName(sources, series) ?? [], dataset, enrollment, billingPeriod, planId]
  return words.flat().join('.')
}

/** The series and plan that an id names; throws `BAD_REQUEST` if it names none. */
export function parseRefreshId(
  sources: Sources,
  id: string,
): { readonly series: Series; readonly planId: string } {
  const [planId = '', billingPeriod = '', enrollment = '', dataset = '', source] = id
    .split('.')
    .reverse()
  const named = { dataset, enrollment, billingPeriod }
  const series = seriesOrNull({ source: source ?? unnamedSource(sources, dataset), ...named })
  if (series !== null && idSchema.safeParse(planId).success) return { series, planId }
  throw new ArchiveError('BAD_REQUEST', 'id: not the id of a refresh')
}
