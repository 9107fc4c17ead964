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

async function writeView(archive: ViewDeps, snapshot: Snapshot, isAnew: boolean): Promise<boolean> {
  const written: ViewContent[] = []
  for (const { name, assemble } of viewFiles(archive, snapshot)) {
    const replaced = await replaceView(archive, name, snapshot, isAnew, assemble).catch((error) =>
      left(archive, snapshot, name, error),
    )
    if (replaced === 'other-source') return false
    if (typeof replaced !== 'string') written.push(replaced)
  }
  if (written.length > 0) logRefreshed(archive, snapshot, written)
  return true
}

/**
 * Leaves a file behind if files of the snapshot are damaged: the others, and the plan, do not depend on it. The sweep tries
 * again, and verify reports both.
 */
function left(
  { log }: Pick<ViewDeps, 'log'>,
  { manifest }: Snapshot,
  name: string,
  error: unknown,
): 'left' {
  const isDamage = hasCode(
    error,
    'DIGEST_MISMATCH',
    'FILE_DAMAGED',
    'BLOB_NOT_FOUND',
    'FORMAT_INVALID',
    'FORMAT_UNSUPPORTED',
  )
  if (!isDamage) throw error
  const series = seriesFields(seriesOfManifest(manifest))
  log.error('view.left', { ...series, view: name, ...describeError(error) })
  return 'left'
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
