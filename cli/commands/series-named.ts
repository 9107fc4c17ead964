import { ArchiveError } from '../../shared/errors.ts'
import type { Series } from '../../shared/format/series.ts'
import { kindsOf } from '../../shared/sources/source.ts'
import { answeringAsOf, answeringSeries } from '../../shared/usecases/read/answering-series.ts'
import { namedSeries } from '../arguments.ts'
import { type Context, oneEnrollment } from '../context.ts'

/** Flags that select the series of a command. */
export interface SeriesFlags {
  readonly enrollment?: string
  /** The source that answers if absent. */
  readonly source?: string
}

/**
 * The series named on the command line: of the source that a flag names, or else of the one that answers (that
 * answered `asOf`). Rejects with `BAD_REQUEST`.
 */
export async function seriesNamed(
  context: Context,
  dataset: string,
  words: readonly string[],
  { source, asOf, ...flags }: SeriesFlags & { readonly asOf?: string },
): Promise<Series> {
  const named = namedSeries(dataset, words, flags.enrollment)
  const enrollment = await oneEnrollment(context, named.enrollment)
  const { archive } = context.deps
  const wanted = { dataset: named.dataset, enrollment, billingPeriod: named.billingPeriod }
  if (source !== undefined) {
    const kinds = kindsOf(archive.sources)
    if (kinds.includes(source)) return { source, ...wanted }
    const message = `--source: ${source} is unknown; the sources are: ${kinds.join(', ')}`
    throw new ArchiveError('BAD_REQUEST', message)
  }
  return asOf === undefined
    ? answeringSeries(archive, wanted)
    : answeringAsOf(archive, wanted, asOf)
}
