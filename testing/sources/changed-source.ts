/** An archive whose only source is another one, or does something else. */
import type { PeriodList, Source } from '../../shared/sources/source.ts'
import type { Archive } from '../../shared/usecases/archive.ts'

/** The source of an archive that has one. */
export function onlySource({ sources }: Pick<Archive, 'sources'>): Source {
  const [source] = sources
  if (source === undefined) throw new Error('the archive has no source')
  return source
}

/** The archive with some of what its source does replaced. */
export function withSource<A extends Pick<Archive, 'sources'>>(
  archive: A,
  change: Partial<Source>,
): A {
  return { ...archive, sources: [{ ...onlySource(archive), ...change }] }
}

/** The archive whose source's archived lists of billing periods are parsed in another way. */
export function withParsedPeriods<A extends Pick<Archive, 'sources'>>(
  archive: A,
  parse: PeriodList['parse'],
): A {
  const { definition } = onlySource(archive)
  const periods: PeriodList = { dataset: 'billingperiods', parse }
  return withSource(archive, { definition: { ...definition, periods } })
}
