import { gunzipSync } from 'node:zlib'
import { billingPeriods } from '../../datasets/billing-periods.ts'
import { ArchiveError, describeError, hasCode } from '../../errors.ts'
import { seriesOfManifest } from '../../format/manifest.ts'
import { segmentsOf } from '../../format/part-record.ts'
import { ALL_PERIODS, type Series } from '../../format/series.ts'
import { checkedAtOf } from '../../format/series-state.ts'
import {
  type BillingPeriod,
  type BillingPeriodList,
  type Source,
  sourceOf,
} from '../../sources/source.ts'
import type { BlobReader } from '../../storage/ports.ts'
import type { Archive } from '../archive.ts'
import { newestSnapshot, readSnapshot, type Snapshot } from '../read/read-snapshots.ts'
import { lastSuccess, readState } from '../state/read-state.ts'

/** How long an archived list is trusted: a day, plus time for its timer to run again. */
const LIST_TTL_MS = 26 * 3_600_000

/** A list of a hundred years takes half a megabyte. */
const MAX_LIST_BYTES = 64 * 1024 * 1024

/** The series that holds an enrollment's list of billing periods. */
export function periodsSeries(source: string, enrollment: string): Series {
  return { source, dataset: billingPeriods.name, enrollment, billingPeriod: ALL_PERIODS }
}

/** How many older lists are searched for a readable one: a month of days. */
const MAX_LISTS = 31

/** How many problems of one list are reported. */
const MAX_TOLD = 20

/** An archived list of billing periods, as far as it can be parsed. */
export interface ArchivedPeriods {
  /** Newest first; from an earlier list if the newest has no valid row. */
  readonly periods: BillingPeriod[]
  /** What could not be parsed, in words. */
  readonly problems: readonly string[]
}

type ListReader = Pick<Archive, 'sources'> & { readonly snapshots: Pick<BlobReader, 'read'> }

/**
 * The billing periods of an enrollment, newest first: from the archive if they were checked within a day and
 * not before `since`, which saves each dataset's timer a request; otherwise from the source. If that has no
 * valid row, the last good list is used.
 */
export async function listPeriods(
  archive: Pick<Archive, 'state' | 'snapshots' | 'sources' | 'log'>,
  source: Source,
  enrollment: string,
  signal: AbortSignal,
  since: Date | null = null,
): Promise<BillingPeriod[]> {
  const series = periodsSeries(source.definition.kind, enrollment)
  const known = async (): Promise<BillingPeriod[] | null> => {
    const newest = await newestSnapshot(archive.snapshots, series)
    if (newest === null) return null
    const { periods, problems } = await readArchivedPeriods(archive, newest)
    if (problems.length > 0) {
      archive.log.warn('periods.skipped', { enrollment, rows: problems.join('; ') })
    }
    return periods.length > 0 || problems.length === 0 ? periods : null
  }
  if (source.definition.periods === null) return source.listPeriods(enrollment, signal)
  if (await isChecked(archive, series, since)) {
    const periods = await known()
    if (periods !== null) return periods
  }
  try {
    return await source.listPeriods(enrollment, signal)
  } catch (error) {
    const periods = hasCode(error, 'SOURCE_BAD_VALUE') ? await known() : null
    if (periods === null) throw error
    archive.log.warn('periods.kept', { enrollment, ...describeError(error) })
    return periods
  }
}

/** True if the list was checked within a day, and not before `since`. */
async function isChecked(
  archive: Pick<Archive, 'state'>,
  series: Series,
  since: Date | null,
): Promise<boolean> {
  try {
    const { state, at } = await readState(archive.state, series)
    const success = lastSuccess(state)
    const checkedAt = success === null ? Number.NaN : Date.parse(checkedAtOf(success))
    const oldest = Math.max(at.getTime() - LIST_TTL_MS, since?.getTime() ?? 0)
    return checkedAt > oldest
  } catch (error) {
    // The list's own timer reports the unreadable state; other timers fetch the list from the source.
    if (hasCode(error, 'FORMAT_INVALID')) return false
    throw error
  }
}

/** The billing periods in a snapshot of the list, newest first, as far as they can be parsed. */
export async function archivedPeriods(
  archive: ListReader,
  snapshot: Snapshot,
): Promise<BillingPeriod[]> {
  return (await readArchivedPeriods(archive, snapshot)).periods
}

/** The same, with what could not be parsed. Rejects only with `STORAGE_UNAVAILABLE`. */
export async function readArchivedPeriods(
  archive: ListReader,
  newest: Snapshot,
): Promise<ArchivedPeriods> {
  const problems: string[] = []
  const series = seriesOfManifest(newest.manifest)
  const { number } = newest.manifest
  const last = Math.max(1, number - MAX_LISTS)
  for (let at = number; at >= last; at--) {
    try {
      const snapshot = at === number ? newest : await readSnapshot(archive.snapshots, series, at)
      if (snapshot === null) continue
      const { periods, skipped } = await parseList(archive, snapshot)
      problems.push(...skipped)
      if (periods.length === 0 && skipped.length > 0) continue
      if (at < number) problems.push(`list ${at} is used instead: no newer one has a valid row`)
      return { periods, problems: toldOf(problems) }
    } catch (error) {
      if (hasCode(error, 'STORAGE_UNAVAILABLE')) throw error
      problems.push(`list ${at} can't be read: ${describeError(error).message}`)
    }
  }
  return { periods: [], problems: toldOf(problems) }
}

/** The first problems, and the last, which states the consequence. */
function toldOf(problems: readonly string[]): string[] {
  if (problems.length <= MAX_TOLD) return [...problems]
  const left = problems.length - MAX_TOLD
  return [...problems.slice(0, MAX_TOLD - 1), `and ${left} more`, problems.at(-1) ?? '']
}

async function parseList(archive: ListReader, { manifest }: Snapshot): Promise<BillingPeriodList> {
  const file = segmentsOf(manifest.parts[0]?.files ?? [])[0]?.json ?? null
  const found = file === null ? null : await archive.snapshots.read(file.path)
  if (file === null || !found?.bytes) {
    throw new ArchiveError('BLOB_NOT_FOUND', 'the archived list of billing periods is missing')
  }
  const { periods } = sourceOf(archive.sources, manifest.source.kind).definition
  if (periods === null)
    throw new ArchiveError('FORMAT_INVALID', 'its source has no list of billing periods')
  return periods.parse(gunzipSync(found.bytes, { maxOutputLength: MAX_LIST_BYTES }).toString())
}
