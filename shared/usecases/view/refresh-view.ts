import { describeError, hasCode } from '../../errors.ts'
import { seriesOfManifest } from '../../format/manifest.ts'
import { seriesFields } from '../../format/series.ts'
import type { Snapshot } from '../read/read-snapshots.ts'
import { replaceView, type ViewContent } from './replace-view.ts'
import type { ViewDeps } from './view-deps.ts'
import { viewFiles } from './view-files.ts'

/**
 * Updates the view to `snapshot`, staging only the blocks that the view lacks. Does nothing if the view already
 * has this snapshot or a later one of its series. Only the series that answers is written: false if that is
 * another source's.
 */
export async function refreshView(archive: ViewDeps, snapshot: Snapshot): Promise<boolean> {
  return writeView(archive, snapshot, false)
}

/** The same, but rebuilds the view completely. */
export async function rebuildView(archive: ViewDeps, snapshot: Snapshot): Promise<boolean> {
  return writeView(archive, snapshot, true)
}

/**
 * The same as {@link refreshView}, but a file is left behind if files of the snapshot are damaged: a plan does not depend on
 * it. The sweep tries again, and verify reports both.
 */
export async function refreshOrLeave(archive: ViewDeps, snapshot: Snapshot): Promise<void> {
  try {
    await refreshView(archive, snapshot)
  } catch (error) {
    if (!isDamage(error)) throw error
    const series = seriesFields(seriesOfManifest(snapshot.manifest))
    archive.log.error('view.left', { ...series, ...describeError(error) })
  }
}

function isDamage(error: unknown): boolean {
  return hasCode(
    error,
    'DIGEST_MISMATCH',
    'FILE_DAMAGED',
    'BLOB_NOT_FOUND',
    'FORMAT_INVALID',
    'FORMAT_UNSUPPORTED',
  )
}

/** Writes what can be written, and throws the first damage that was found on the way. */
async function writeView(archive: ViewDeps, snapshot: Snapshot, isAnew: boolean): Promise<boolean> {
  const written: ViewContent[] = []
  const damage: unknown[] = []
  for (const { name, assemble } of viewFiles(archive, snapshot)) {
    try {
      const replaced = await replaceView(archive, name, snapshot, isAnew, assemble)
      if (replaced === 'other-source') return false
      if (replaced !== 'has-it') written.push(replaced)
    } catch (error) {
      if (!isDamage(error)) throw error
      damage.push(error)
    }
  }
  if (written.length > 0) logRefreshed(archive, snapshot, written)
  if (damage.length > 0) throw damage[0]
  return true
}

function logRefreshed(
  { log }: Pick<ViewDeps, 'log'>,
  { manifest }: Snapshot,
  written: readonly ViewContent[],
): void {
  const sum = (of: (content: ViewContent) => number): number =>
    written.reduce((total, content) => total + of(content), 0)
  log.info('view.refreshed', {
    ...seriesFields(seriesOfManifest(manifest)),
    number: manifest.number,
    files: written.length,
    blocks: sum(({ blockIds }) => blockIds.length),
    staged: sum(({ staged }) => staged),
    bytes: sum(({ bytes }) => bytes),
    // Of the rows, which are written before the tables.
    ...written.find(({ metadata }) => metadata !== undefined)?.metadata,
  })
}
