/** Compares the view with the newest snapshot of the series that answers, piece by piece. */
import { createHash, type Hash } from 'node:crypto'
import { hasCode } from '../../errors.ts'
import { manifestName, viewName } from '../../format/layout.ts'
import { seriesOfManifest } from '../../format/manifest.ts'
import { csvHead } from '../../outputs/csv/csv-output.ts'
import { sourcesOffering } from '../../sources/source.ts'
import type { Archive } from '../archive.ts'
import { isAnswering } from '../read/answering-series.ts'
import type { Snapshot } from '../read/read-snapshots.ts'
import { viewPieces } from '../view/refresh-view.ts'
import { type Fault, fault } from './fault.ts'

/** The state of a view. `behind` is not a fault: the sweep updates it. */
export interface ViewCheck {
  readonly status: 'current' | 'behind' | 'damaged'
  readonly fault: Fault | null
}

/** What remains trustworthy if a view is not. */
export const SAFE = 'snapshots are not affected; "rebuild-view" rebuilds the view'

/** Checks the view against `newest`, of a series; null if another series answers, whose view it is. */
export async function checkView(
  archive: Pick<Archive, 'view' | 'snapshots' | 'sources' | 'policy'>,
  newest: Snapshot,
): Promise<ViewCheck | null> {
  const { manifest } = newest
  const series = seriesOfManifest(manifest)
  const name = viewName(series)
  const damaged = (why: string): ViewCheck => {
    return { status: 'damaged', fault: fault('VIEW_DIFFERS', name, why, SAFE) }
  }
  const head = await archive.view.head(name)
  // After `head`: a view that another source's first snapshot has just replaced is not taken for ours.
  if (!(await isAnswering(archive, series))) return null
  if (head === null) return { status: 'behind', fault: null }
  const { source, number, manifest: digest } = head.metadata
  const others = sourcesOffering(archive.sources, series.dataset).map(
    ({ definition }) => definition.kind,
  )
  if (source !== undefined && source !== series.source && others.includes(source)) {
    return { status: 'behind', fault: null } // it answered before
  }
  if (source !== series.source || number === undefined || !/^\d{1,15}$/.test(number)) {
    return damaged('its metadata does not name a snapshot of this series')
  }
  if (Number(number) > manifest.number) {
    // A newer snapshot may have been sealed since the series was listed.
    const { bytes } = await archive.snapshots.read(manifestName(series, Number(number)))
    if (bytes !== null) return { status: 'current', fault: null }
    return damaged(`its metadata names snapshot ${number}, which does not exist`)
  }
  if (Number(number) < manifest.number) return { status: 'behind', fault: null }
  if (digest !== newest.sha256) return damaged('its metadata names another manifest')
  if (head.metadata['takenat'] !== manifest.takenAt) {
    return damaged('its metadata has a different time from its snapshot')
  }
  try {
    const pieces = await viewPieces(archive, manifest)
    const header = csvHead(manifest)
    const expected = [{ bytes: header.bytes.length, sha256: header.sha256 }, ...pieces]
    const why = await firstDifference(archive.view.stream(name), expected)
    if (why === null) return { status: 'current', fault: null }
    // It was replaced during the read, so the bytes are from two views.
    const now = await archive.view.head(name)
    return now?.etag === head.etag ? damaged(why) : { status: 'current', fault: null }
  } catch (error) {
    // Without the part's index this can't be checked; the missing index is already reported.
    if (hasCode(error, 'BLOB_NOT_FOUND', 'FORMAT_INVALID', 'FILE_DAMAGED'))
      return { status: 'damaged', fault: null }
    throw error
  }
}

async function firstDifference(
  view: AsyncIterable<Buffer>,
  expected: readonly { readonly bytes: number; readonly sha256: string }[],
): Promise<string | null> {
  let piece = 0
  let left = expected[0]?.bytes ?? 0
  let offset = 0
  let hash: Hash = createHash('sha256')
  for await (const chunk of view) {
    for (let from = 0; from < chunk.length; ) {
      if (piece === expected.length) return `it continues past its end at ${offset}`
      const take = Math.min(left, chunk.length - from)
      hash.update(chunk.subarray(from, from + take))
      from += take
      left -= take
      offset += take
      if (left > 0) continue
      if (hash.digest('hex') !== expected[piece]?.sha256)
        return `it is altered before byte ${offset}`
      hash = createHash('sha256')
      piece++
      left = expected[piece]?.bytes ?? 0
    }
  }
  return piece === expected.length ? null : `it ends too early, at ${offset}`
}
