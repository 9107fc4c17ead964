/** The series and snapshot that a path names. */
import type { z } from 'zod'
import { ArchiveError } from '../../errors.ts'
import { type Series, seriesLabel } from '../../snapshots/series.ts'
import { findSnapshot } from '../../usecases/export-snapshot.ts'
import { readSnapshot, type Snapshot } from '../../usecases/read-snapshots.ts'
import type { HttpDeps } from '../http-deps.ts'
import type { seriesParams } from './parameters.ts'

export function seriesOf(
  { archive }: HttpDeps,
  { enrollment, dataset, period }: z.output<typeof seriesParams>,
): Series {
  return { source: archive.source.kind, dataset, enrollment, billingPeriod: period }
}

/** A snapshot, and whether the same question will always be answered by it. */
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
      (await findSnapshot(deps.reader, series, wanted)) // which says what there is
    return { snapshot, isFinal: true }
  }
  if (wanted.asOf !== undefined) {
    const snapshot = await findSnapshot(deps.reader, series, wanted)
    // Only a later snapshot shows that no other can come to be the one that was known then.
    const newest = await deps.newest(series)
    const isFinal = newest !== null && newest.manifest.number > snapshot.manifest.number
    return { snapshot, isFinal }
  }
  const snapshot = await deps.newest(series)
  if (snapshot !== null) return { snapshot, isFinal: false }
  throw new ArchiveError('NOT_FOUND', `there is no snapshot of ${seriesLabel(series)}`)
}

/** Headers that say which snapshot answers, and for how long that is so. */
export function snapshotHeaders({ snapshot, isFinal }: FoundSnapshot): Record<string, string> {
  const { billingPeriod, number, settled } = snapshot.manifest
  return {
    'x-archive-snapshots': `${billingPeriod}/${number}`,
    'x-archive-settled': String(settled),
    ...(isFinal ? { 'cache-control': 'private, max-age=86400, immutable' } : {}),
  }
}
