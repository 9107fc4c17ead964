/** Replaces one file of the view by another state of it, whoever else does the same. */
import { ArchiveError } from '../../errors.ts'
import { manifestName } from '../../format/layout.ts'
import { seriesOfManifest } from '../../format/manifest.ts'
import type { Series } from '../../format/series.ts'
import { isAnswering } from '../read/answering-series.ts'
import type { Snapshot } from '../read/read-snapshots.ts'
import type { ViewDeps } from './view-deps.ts'

/** If a file is replaced this often while we stage, something else is wrong. */
const MAX_TRIES = 5

/** A file as it will be committed; its blocks are staged, or committed already. */
export interface ViewContent {
  readonly blockIds: readonly string[]
  readonly contentType: string
  /** Beside the snapshot that the file has. */
  readonly metadata?: Readonly<Record<string, string>>
  /** Blocks and bytes that were staged. */
  readonly staged: number
  readonly bytes: number
}

/** A file that is to be brought to a new state. */
export interface Target {
  readonly name: string
  /** Of the existing file; null for none. */
  readonly etag: string | null
  /** True: nothing of the existing file is kept. */
  readonly isAnew: boolean
}

/** Stages what a file needs. Returns null if the existing file was replaced meanwhile. */
export type Assemble = (target: Target) => Promise<ViewContent | null>

/** What became of a file: its new content, or why it was not written. */
export type Replaced = ViewContent | 'has-it' | 'other-source'

/**
 * Brings the file `name` to `snapshot`. Does nothing if it has this snapshot or a later one of its series, unless `isAnew`:
 * then it is built without its old blocks; or if another source's series answers.
 */
export async function replaceView(
  archive: ViewDeps,
  name: string,
  { manifest, sha256 }: Snapshot,
  isAnew: boolean,
  assemble: Assemble,
): Promise<Replaced> {
  const series = seriesOfManifest(manifest)
  for (let attempt = 1; ; attempt++) {
    const head = await archive.view.head(name)
    const number = head === null ? 0 : viewNumber(head.metadata, series.source)
    // After `head`: if another source takes over from here on, its own update makes our commit fail, or
    // follows it.
    if (!(await isAnswering(archive, series))) return 'other-source'
    if (number >= manifest.number && !isAnew) return 'has-it'
    // A rebuild does not go back behind a snapshot that was sealed meanwhile.
    if (number > manifest.number && (await hasSnapshot(archive, series, number))) return 'has-it'
    const content = await assemble({ name, etag: head?.etag ?? null, isAnew })
    const isCommitted =
      content !== null &&
      (await archive.view.commit(name, content.blockIds, head?.etag ?? null, {
        contentType: content.contentType,
        metadata: {
          ...content.metadata,
          source: series.source,
          number: String(manifest.number),
          manifest: sha256,
          takenat: manifest.takenAt,
        },
      }))
    if (isCommitted) return content
    // Another updater was faster, or discarded our staged blocks: read the view again.
    if (attempt < MAX_TRIES) continue
    throw new ArchiveError('CONDITION_NOT_MET', `${name} is being replaced too often: try again`)
  }
}

async function hasSnapshot(
  { snapshots }: Pick<ViewDeps, 'snapshots'>,
  series: Series,
  number: number,
): Promise<boolean> {
  const { bytes } = await snapshots.read(manifestName(series, number))
  return bytes !== null
}

/** The number of the snapshot in a file of the view, if it is from `source`; otherwise 0. */
export function viewNumber(metadata: Readonly<Record<string, string>>, source: string): number {
  return metadata['source'] === source ? Number(metadata['number'] ?? 0) : 0
}
