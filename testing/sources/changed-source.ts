/** An archive whose only source is replaced or changed. */
import type { PeriodList, Source } from '../../shared/sources/source.ts'
import type { Archive } from '../../shared/usecases/archive.ts'

/** The source of an archive with a single source. */
export function onlySource({ sources }: Pick<Archive, 'sources'>): Source {
  const [source] = sources
  if (source === undefined) throw new Error('the archive has no source')
  return source
}

/** The archive with parts of its source replaced. */
export function withSource<A extends Pick<Archive, 'sources'>>(
  archive: A,
  change: Partial<Source>,
): A {
  return { ...archive, sources: [{ ...onlySource(archive), ...change }] }
}

/** The archive with another parser for archived lists of billing periods. */
export function withParsedPeriods<A extends Pick<Archive, 'sources'>>(
  archive: A,
  parse: PeriodList['parse'],
): A {
  const { definition } = onlySource(archive)
  const periods: PeriodList = { dataset: 'billingperiods', parse }
  return withSource(archive, { definition: { ...definition, periods } })
}
