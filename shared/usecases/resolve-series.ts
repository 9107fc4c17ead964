/**
 * Decides which source answers for a dataset, enrollment and billing period. Pure, and the only place that
 * decides it: everything else asks `read/answering-series.ts`, which looks up what this needs to know.
 */
import { ALL_PERIODS, type NamedSeries, type Series, seriesLabel } from '../format/series.ts'
import { type SourceDefinition, sourcesOffering } from '../sources/source.ts'

/** An operator's settings for which source answers. */
export interface AnswerPolicy {
  /** The first billing period that a source answers for, by its kind and enrollment; any period if absent. */
  readonly answersFrom: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** Series of kept sources that answer even if a live source has a snapshot. */
  readonly supersedes: readonly Series[]
}

type Sources = readonly { readonly definition: SourceDefinition }[]

/**
 * The series that answers: the first in {@link answeringOrder} that has a snapshot or, if none has, the one that
 * would be fetched. `archived`: the kinds of the sources that have a snapshot of it.
 */
export function resolveSeries(
  sources: Sources,
  policy: AnswerPolicy,
  named: NamedSeries,
  archived: ReadonlySet<string>,
): Series {
  const order = answeringOrder(sources, policy, named)
  return order.find(({ source }) => archived.has(source)) ?? seriesToFetch(sources, policy, named)
}

/**
 * The series that may answer, best first: those that supersede by name, then live sources, then kept ones, each
 * in the order of `sources`. A source that does not offer the dataset, or answers for later periods only, is not
 * among them.
 */
export function answeringOrder(
  sources: Sources,
  { answersFrom, supersedes }: AnswerPolicy,
  named: NamedSeries,
): Series[] {
  const { dataset, enrollment, billingPeriod } = named
  const label = seriesLabel(named)
  const isNamed = (kind: string): boolean =>
    supersedes.some((series) => series.source === kind && seriesLabel(series) === label)
  const rankOf = ({ definition: { kind, standing } }: Sources[number]): number =>
    standing === 'live' ? 1 : isNamed(kind) ? 0 : 2
  return sourcesOffering(sources, dataset)
    .filter(({ definition: { kind } }) => {
      const from = answersFrom[kind]?.[enrollment]
      return from === undefined || billingPeriod === ALL_PERIODS || billingPeriod >= from
    })
    .sort((a, b) => rankOf(a) - rankOf(b))
    .map(({ definition: { kind } }) => seriesOf(kind, named))
}

/** True if `series` answers where no better one has a snapshot. */
export function mayAnswer(sources: Sources, policy: AnswerPolicy, series: Series): boolean {
  return answeringOrder(sources, policy, series).some(({ source }) => source === series.source)
}

/**
 * The series to fetch: of the first live source that may answer, otherwise of the first that offers the
 * dataset.
 */
export function seriesToFetch(sources: Sources, policy: AnswerPolicy, named: NamedSeries): Series {
  const live = sources.filter(({ definition }) => definition.standing === 'live')
  const [first] = answeringOrder(live, policy, named)
  return first ?? seriesOf(unnamedSource(sources, named.dataset), named)
}

/** The series that a refresh of `answering` fetches: itself, unless its source only keeps what it once received. */
export function seriesToRefresh(sources: Sources, policy: AnswerPolicy, answering: Series): Series {
  const source = sources.find(({ definition }) => definition.kind === answering.source)
  return source?.definition.standing === 'live'
    ? answering
    : seriesToFetch(sources, policy, answering)
}

/** What links, tokens and answers name: the source of a series, or null if no other source offers its dataset. */
export function sourceToName(
  sources: Sources,
  series: Pick<Series, 'source' | 'dataset'>,
): string | null {
  return sourcesOffering(sources, series.dataset).length > 1 ? series.source : null
}

/**
 * The series that a link to a page means if it names no source: the link was made when one source alone offered the
 * dataset, so it is the one that was archived first. `firstTaken`: when each source took its first snapshot of it.
 */
export function seriesOfLink(
  sources: Sources,
  named: NamedSeries,
  firstTaken: ReadonlyMap<string, string>,
): Series {
  const [oldest] = [...firstTaken].sort(([, a], [, b]) => Number(a > b) - Number(a < b))
  return seriesOf(oldest?.[0] ?? unnamedSource(sources, named.dataset), named)
}

/** The source of what is named without one and has no snapshot: the first live one that offers the dataset. */
export function unnamedSource(sources: Sources, dataset: string): string {
  const offering = sourcesOffering(sources, dataset)
  const live = offering.find(({ definition }) => definition.standing === 'live')
  // A dataset that no source offers has no snapshot at any of them.
  const source = live ?? offering[0] ?? sources[0]
  if (source === undefined) throw new Error('the archive has no source')
  return source.definition.kind
}

function seriesOf(source: string, { dataset, enrollment, billingPeriod }: NamedSeries): Series {
  return { source, dataset, enrollment, billingPeriod }
}
