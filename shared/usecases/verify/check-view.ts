/** Compares the view with the newest snapshot of the series that answers, file by file. */
import { hasCode } from '../../errors.ts'
import { manifestName } from '../../format/layout.ts'
import { seriesOfManifest } from '../../format/manifest.ts'
import type { Series } from '../../format/series.ts'
import { sourcesOffering } from '../../sources/source.ts'
import { isAnswering } from '../read/answering-series.ts'
import type { Snapshot } from '../read/read-snapshots.ts'
import type { ViewDeps } from '../view/view-deps.ts'
import type { ViewFile } from '../view/view-file.ts'
import { viewFiles } from '../view/view-files.ts'
import { type Fault, fault } from './fault.ts'
import { contentDifference } from './view-content.ts'

/** The state of a view. `behind` is not a fault: the sweep updates it. */
export interface ViewCheck {
  readonly status: 'current' | 'behind' | 'damaged'
  readonly faults: readonly Fault[]
  /** Names of the files that do not have the newest snapshot. */
  readonly behind: readonly string[]
}

/** What remains trustworthy if a view is not. */
export const SAFE = 'snapshots are not affected; "rebuild-view" rebuilds the view'

/** Checks the view against `newest`, of a series; null if another series answers, whose view it is. */
export async function checkView(archive: ViewDeps, newest: Snapshot): Promise<ViewCheck | null> {
  const files = filesOf(() => viewFiles(archive, newest))
  // Without sound part records this can't be checked; they are reported already.
  if (files === null) return UNREADABLE
  const checks: ViewCheck[] = []
  for (const file of files) {
    const check = await checkFile(archive, file, newest)
    if (check === null) return null
    checks.push(check)
  }
  const has = (status: ViewCheck['status']): boolean =>
    checks.some((check) => check.status === status)
  return {
    status: has('damaged') ? 'damaged' : has('behind') ? 'behind' : 'current',
    faults: checks.flatMap(({ faults }) => faults),
    behind: checks.flatMap(({ behind }) => behind),
  }
}

const CURRENT: ViewCheck = { status: 'current', faults: [], behind: [] }
const UNREADABLE: ViewCheck = { status: 'damaged', faults: [], behind: [] }

function filesOf(files: () => ViewFile[]): ViewFile[] | null {
  try {
    return files()
  } catch (error) {
    if (hasCode(error, 'FORMAT_INVALID')) return null
    throw error
  }
}

async function checkFile(
  archive: ViewDeps,
  file: ViewFile,
  newest: Snapshot,
): Promise<ViewCheck | null> {
  const { manifest } = newest
  const { name } = file
  const series = seriesOfManifest(manifest)
  const damaged = (why: string): ViewCheck => {
    return { ...UNREADABLE, faults: [fault('VIEW_DIFFERS', name, why, SAFE)] }
  }
  const behind: ViewCheck = { status: 'behind', faults: [], behind: [name] }
  const head = await archive.view.head(name)
  // After `head`: a view that another source's first snapshot has just replaced is not taken for ours.
  if (!(await isAnswering(archive, series))) return null
  if (head === null) return behind
  const { source, number, manifest: digest } = head.metadata
  if (source !== undefined && isOfAnother(archive, series, source)) return behind // it answered before
  if (source !== series.source || number === undefined || !/^\d{1,15}$/.test(number)) {
    return damaged('its metadata does not name a snapshot of this series')
  }
  if (Number(number) > manifest.number) {
    // A newer snapshot may have been sealed since the series was listed.
    const { bytes } = await archive.snapshots.read(manifestName(series, Number(number)))
    if (bytes !== null) return CURRENT
    return damaged(`its metadata names snapshot ${number}, which does not exist`)
  }
  if (Number(number) < manifest.number) return behind
  if (digest !== newest.sha256) return damaged('its metadata names another manifest')
  if (head.metadata['takenat'] !== manifest.takenAt) {
    return damaged('its metadata has a different time from its snapshot')
  }
  try {
    const why = await contentDifference(archive, file, head.etag, newest)
    if (why === null) return CURRENT
    // It was replaced during the read, so the bytes are from two views.
    const now = await archive.view.head(name)
    return now?.etag === head.etag ? damaged(why) : CURRENT
  } catch (error) {
    if (hasCode(error, 'CONDITION_NOT_MET')) return CURRENT // it was replaced during the read
    // Without the part's index this can't be checked; the missing index is already reported.
    if (hasCode(error, 'BLOB_NOT_FOUND', 'FORMAT_INVALID', 'FILE_DAMAGED')) return UNREADABLE
    throw error
  }
}

function isOfAnother({ sources }: ViewDeps, series: Series, source: string): boolean {
  const kinds = sourcesOffering(sources, series.dataset).map(({ definition }) => definition.kind)
  return source !== series.source && kinds.includes(source)
}
