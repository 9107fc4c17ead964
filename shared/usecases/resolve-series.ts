/** Decides which source answers for a dataset, enrollment and billing period: nobody else does. */
import type { Series } from '../format/series.ts'
import { offerOf, type SourceDefinition } from '../sources/source.ts'

/** The first source that offers the dataset answers for it. */
export function resolveSeries(
  sources: readonly { readonly definition: SourceDefinition }[],
  { dataset, enrollment, billingPeriod }: Omit<Series, 'source'>,
): Series {
  const { kind } = answeringSource(sources, dataset).definition
  return { source: kind, dataset, enrollment, billingPeriod }
}

/** The source that is asked about `dataset`; for a dataset that none offers the first one, which has none of it. */
export function answeringSource<S extends { readonly definition: SourceDefinition }>(
  sources: readonly S[],
  dataset: string,
): S {
  const offering = sources.find(({ definition }) => offerOf(definition, dataset) !== null)
  const source = offering ?? sources[0]
  if (source === undefined) throw new Error('the archive has no source')
  return source
}
