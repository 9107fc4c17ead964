import pMap from 'p-map'
import { ArchiveError } from '../../errors.ts'
import { viewName } from '../../format/layout.ts'
import { type Manifest, seriesOfManifest } from '../../format/manifest.ts'
import type { PartRecord } from '../../format/part-record.ts'
import { type Series, seriesFields } from '../../format/series.ts'
import {
  CSV_CONTENT_TYPE,
  type CsvPiece,
  csvHead,
  csvPieces,
} from '../../outputs/csv/csv-output.ts'
import { sha256 } from '../../rows/blocks/digest.ts'
import type { Archive } from '../archive.ts'
import { isAnswering } from '../read/answering-series.ts'
import { readIndex, type Snapshot } from '../read/read-snapshots.ts'

/** How many index files are read, and pieces copied, concurrently. */
const CONCURRENCY = 3

/** If the view is replaced this often while we stage, something else is wrong. */
const MAX_TRIES = 5

type ViewDeps = Pick<Archive, 'view' | 'snapshots' | 'sources' | 'policy' | 'log'>

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

async function writeView(
  archive: ViewDeps,
  { manifest, sha256: digest }: Snapshot,
  isAnew: boolean,
): Promise<boolean> {
  const series = seriesOfManifest(manifest)
  const name = viewName(series)
  for (let attempt = 1; ; attempt++) {
    const head = await archive.view.head(name)
    const isThere = head !== null && viewNumber(head.metadata, series.source) >= manifest.number
    // After `head`: if another source takes over from here on, its own update makes our commit fail, or
    // follows it.
    if (!(await isAnswering(archive, series))) return false
    if (isThere && !isAnew) return true
    // If the view is replaced between these two answers, the commit under the older ETag fails.
    const there = head === null || isAnew ? new Set<string>() : await archive.view.blocks(name)
    const pieces = await viewPieces(archive, manifest)
    const header = csvHead(manifest)
    const missing = new Map(
      pieces.filter((piece) => !there.has(piece.sha256)).map((p) => [p.sha256, p]),
    )
    if (!there.has(header.sha256)) await archive.view.stage(name, header.sha256, header.bytes)
    await copyPieces(archive, name, [...missing.values()])
    const blocks = [header.sha256, ...pieces.map((piece) => piece.sha256)]
    const metadata = {
      source: series.source,
      number: String(manifest.number),
      manifest: digest,
      takenat: manifest.takenAt,
    }
    const options = { contentType: CSV_CONTENT_TYPE, metadata }
    if (!(await archive.view.commit(name, blocks, head?.etag ?? null, options))) {
      // Another updater was faster, or discarded our staged blocks: read the view again.
      if (attempt < MAX_TRIES) continue
      throw new ArchiveError('CONDITION_NOT_MET', `${name} is being replaced too often: try again`)
    }
    archive.log.info('view.refreshed', {
      ...seriesFields(series),
      number: manifest.number,
      blocks: pieces.length + 1,
      staged: missing.size + (there.has(header.sha256) ? 0 : 1),
      bytes: [...missing.values()].reduce((sum, piece) => sum + piece.bytes, 0),
    })
    return true
  }
}

/** The number of the snapshot in the view of `series`; 0 if the view has none from its source. */
export async function viewNumberOf(
  archive: Pick<Archive, 'view'>,
  series: Series,
): Promise<number> {
  const head = await archive.view.head(viewName(series))
  return head === null ? 0 : viewNumber(head.metadata, series.source)
}

/** The number of the snapshot in the view, if it is from `source`; otherwise 0. */
function viewNumber(metadata: Readonly<Record<string, string>>, source: string): number {
  return metadata['source'] === source ? Number(metadata['number'] ?? 0) : 0
}

/** The pieces from which the view of a snapshot is assembled, after the header row. */
export async function viewPieces(
  { snapshots }: Pick<Archive, 'snapshots'>,
  { parts, rowsVersion }: Manifest,
): Promise<CsvPiece[]> {
  const piecesOf = (part: PartRecord): Promise<CsvPiece[]> =>
    csvPieces(part, rowsVersion, (path) => readIndex(snapshots, path))
  const pieces = await pMap(parts, piecesOf, { concurrency: CONCURRENCY })
  return pieces.flat()
}

async function copyPieces(
  archive: Pick<Archive, 'view' | 'snapshots'>,
  name: string,
  pieces: readonly CsvPiece[],
): Promise<void> {
  const buffers: Buffer[] = []
  await pMap(
    pieces,
    async (piece) => {
      // Pieces mostly have the same size; the buffers are shared by the pieces being copied.
      let buffer = buffers.pop()
      if (buffer === undefined || buffer.length < piece.bytes) {
        buffer = Buffer.allocUnsafeSlow(piece.bytes)
      }
      await copyPiece(archive, name, piece, buffer)
      buffers.push(buffer)
    },
    { concurrency: CONCURRENCY },
  )
}

async function copyPiece(
  archive: Pick<Archive, 'view' | 'snapshots'>,
  name: string,
  piece: CsvPiece,
  buffer: Buffer,
): Promise<void> {
  const bytes = await archive.snapshots.readRange(piece.path, piece.offset, piece.bytes, buffer)
  const found = sha256(bytes)
  if (found !== piece.sha256) {
    throw new ArchiveError(
      'DIGEST_MISMATCH',
      `${piece.path} at ${piece.offset}: expected SHA-256 ${piece.sha256}, found ${found}`,
    )
  }
  await archive.view.stage(name, piece.sha256, bytes)
}
