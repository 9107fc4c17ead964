/** Finds the series and snapshot that a path names. */
import type { z } from 'zod'
import { ArchiveError } from '../../errors.ts'
import { type Series, seriesLabel } from '../../format/series.ts'
import { findSnapshot } from '../../usecases/read/export-snapshot.ts'
import { readSnapshot, type Snapshot } from '../../usecases/read/read-snapshots.ts'
import { resolveSeries } from '../../usecases/resolve-series.ts'
import type { HttpDeps } from '../http-deps.ts'
import type { seriesParams } from './parameters.ts'

export function seriesOf(
  { archive }: HttpDeps,
  { enrollment, dataset, period }: z.output<typeof seriesParams>,
): Series {
  return resolveSeries(archive.sources, { dataset, enrollment, billingPeriod: period })
}

/** A snapshot, and whether it is the final answer to this request. */
export interface FoundSnapshot {
  readonly snapshot: Snapshot
  readonly isFinal: boolean
}

/** By number, as of a time, or the newest. Rejects with `NOT_FOUND`. */
export async function snapshotOf(
  deps: HttpDeps,
  series: Series,
  wanted: { readonly number?: number | undefined; readonly asOf?: string | undefined },
): Promise<FoundSnapshot> {
  if (wanted.number !== undefined) {
    const snapshot =
      (await readSnapshot(deps.reader, series, wanted.number)) ??
      (await findSnapshot(deps.reader, series, wanted)) // its message lists what exists
    return { snapshot, isFinal: true }
  }
  if (wanted.asOf !== undefined) {
    const snapshot = await findSnapshot(deps.reader, series, wanted)
    // The answer is final only once a later snapshot exists.
    const newest = await deps.newest(series)
    const isFinal = newest !== null && newest.manifest.number > snapshot.manifest.number
    return { snapshot, isFinal }
  }
  const snapshot = await deps.newest(series)
  if (snapshot !== null) return { snapshot, isFinal: false }
  throw new ArchiveError('NOT_FOUND', `there is no snapshot of ${seriesLabel(series)}`)
}

/** Headers that name the snapshot and say how long the answer may be cached. */
export function snapshotHeaders({ snapshot, isFinal }: FoundSnapshot): Record<string, string> {
  const { billingPeriod, number, settled } = snapshot.manifest
  return {
    'x-archive-snapshots': `${billingPeriod}/${number}`,
    'x-archive-settled': String(settled),
    ...(isFinal ? { 'cache-control': 'private, max-age=86400, immutable' } : {}),
  }
}
