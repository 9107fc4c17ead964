import { gunzipSync } from 'node:zlib'
import { billingPeriods } from '../datasets/billing-periods.ts'
import { ArchiveError } from '../errors.ts'
import { segmentsOf } from '../snapshots/part-record.ts'
import { ALL_PERIODS, type Series } from '../snapshots/series.ts'
import type { BillingPeriod } from '../sources/source.ts'
import type { BlobReader } from '../storage/ports.ts'
import type { Archive } from './archive.ts'
import { newestSnapshot, type Snapshot } from './read-snapshots.ts'
import { lastSuccess, readState } from './read-state.ts'

/** An archived list is believed this long: a day, and time for its timer to come round again. */
const BELIEVED_MS = 26 * 3_600_000

/** A list of a hundred years has half a megabyte. */
const MAX_LIST_BYTES = 64 * 1024 * 1024

/** The series that holds an enrollment's list of billing periods. */
export function periodsSeries(source: string, enrollment: string): Series {
  return { source, dataset: billingPeriods.name, enrollment, billingPeriod: ALL_PERIODS }
}

/**
 * The billing periods of an enrollment, newest first: from the archive if they were checked within a
 * day, so that the other datasets' timers cost no request each; else from the source.
 */
export async function listPeriods(
  archive: Pick<Archive, 'state' | 'snapshots' | 'source'>,
  enrollment: string,
  signal: AbortSignal,
): Promise<BillingPeriod[]> {
  const series = periodsSeries(archive.source.kind, enrollment)
  const { state, at } = await readState(archive.state, series)
  const checkedAt = lastSuccess(state)?.closedAt
  if (checkedAt !== undefined && at.getTime() - Date.parse(checkedAt) < BELIEVED_MS) {
    const newest = await newestSnapshot(archive.snapshots, series)
    if (newest !== null) return archivedPeriods(archive, newest)
  }
  return archive.source.listBillingPeriods(enrollment, signal)
}

/** The billing periods that a snapshot of the list holds, newest first. */
export async function archivedPeriods(
  archive: Pick<Archive, 'source'> & { readonly snapshots: Pick<BlobReader, 'read'> },
  { manifest }: Snapshot,
): Promise<BillingPeriod[]> {
  const file = segmentsOf(manifest.parts[0]?.files ?? [])[0]?.json ?? null
  const found = file === null ? null : await archive.snapshots.read(file.path)
  if (file === null || !found?.bytes) {
    throw new ArchiveError('BLOB_NOT_FOUND', 'the archived list of billing periods is missing')
  }
  return archive.source.parseBillingPeriods(
    gunzipSync(found.bytes, { maxOutputLength: MAX_LIST_BYTES }).toString(),
  )
}
