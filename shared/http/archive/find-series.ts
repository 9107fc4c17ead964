/** Finds the series and snapshot that a request names. */
import type { z } from 'zod'
import { ArchiveError } from '../../errors.ts'
import { type Series, seriesLabel } from '../../format/series.ts'
import { kindsOf } from '../../sources/source.ts'
import { linkedSeries } from '../../usecases/read/answering-series.ts'
import { findSnapshot } from '../../usecases/read/export-snapshot.ts'
import { readSnapshot, type Snapshot } from '../../usecases/read/read-snapshots.ts'
import { sourceToName } from '../../usecases/resolve-series.ts'
import type { HttpDeps } from '../http-deps.ts'
import { sourceHeader } from '../named-source.ts'
import type { seriesParams } from './parameters.ts'

/** A series that a request is about. */
export interface FoundSeries {
  readonly series: Series
  /** True if the same request will always mean this series, even if other sources get data. */
  readonly isFixed: boolean
}

/** Query parameters that select the series. */
interface Wanted {
  readonly source?: string | undefined
  readonly asOf?: string | undefined
  /** Where a page begins. */
  readonly cursor?: string | undefined
}

/**
 * The series of the source that the query names, or else of the one that answers (that answered `asOf`). A link to a
 * page that names no source was made when only one had the data. Rejects with `BAD_REQUEST` for an unknown source.
 */
export async function seriesOf(
  deps: Pick<HttpDeps, 'archive' | 'answering' | 'reader'>,
  { enrollment, dataset, period }: z.output<typeof seriesParams>,
  { source, asOf, cursor }: Wanted,
): Promise<FoundSeries> {
  const { sources } = deps.archive
  const named = { dataset, enrollment, billingPeriod: period }
  if (source !== undefined) {
    const kinds = kindsOf(sources)
    if (kinds.includes(source)) return { series: { source, ...named }, isFixed: true }
    const message = `source: ${source} is unknown; the sources are: ${kinds.join(', ')}`
    throw new ArchiveError('BAD_REQUEST', message)
  }
  if (cursor !== undefined) {
    const series = await linkedSeries({ ...deps.archive, snapshots: deps.reader }, named)
    return { series, isFixed: true }
  }
  const series = await deps.answering(named, asOf)
  return { series, isFixed: sourceToName(sources, series) === null }
}

/** A snapshot, and whether it is the final answer to this request. */
export interface FoundSnapshot {
  readonly snapshot: Snapshot
  readonly isFinal: boolean
}

/** By number, as of a time, or the newest. Rejects with `NOT_FOUND`. */
export async function snapshotOf(
  deps: HttpDeps,
  { series, isFixed }: FoundSeries,
  wanted: { readonly number?: number | undefined; readonly asOf?: string | undefined },
): Promise<FoundSnapshot> {
  if (wanted.number !== undefined) {
    const snapshot =
      (await readSnapshot(deps.reader, series, wanted.number)) ??
      (await findSnapshot(deps.reader, series, wanted)) // its message lists what exists
    return { snapshot, isFinal: isFixed }
  }
  if (wanted.asOf !== undefined) {
    const snapshot = await findSnapshot(deps.reader, series, wanted)
    // The answer is final only once a later snapshot exists.
    const newest = await deps.newest(series)
    const isPast = newest !== null && newest.manifest.number > snapshot.manifest.number
    return { snapshot, isFinal: isFixed && isPast }
  }
  const snapshot = await deps.newest(series)
  if (snapshot !== null) return { snapshot, isFinal: false }
  throw new ArchiveError('NOT_FOUND', `there is no snapshot of ${seriesLabel(series)}`)
}

/** Headers that name the snapshot and its source, and say how long the answer may be cached. */
export function snapshotHeaders(
  deps: Pick<HttpDeps, 'archive'>,
  { snapshot, isFinal }: FoundSnapshot,
): Record<string, string> {
  const { billingPeriod, number, settled } = snapshot.manifest
  return {
    'x-archive-snapshots': `${billingPeriod}/${number}`,
    ...sourceHeader(deps, [snapshot]),
    'x-archive-settled': String(settled),
    ...(isFinal ? { 'cache-control': 'private, max-age=86400, immutable' } : {}),
  }
}
