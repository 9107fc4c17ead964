/** The CSV of a series in the view: a header row, then the pieces of its parts' CSV files. */
import pMap from 'p-map'
import type { Manifest } from '../../format/manifest.ts'
import type { PartRecord } from '../../format/part-record.ts'
import {
  CSV_CONTENT_TYPE,
  type CsvPiece,
  csvHead,
  csvPieces,
} from '../../outputs/csv/csv-output.ts'
import type { Archive } from '../archive.ts'
import { readIndex } from '../read/read-snapshots.ts'
import type { Target, ViewContent } from './replace-view.ts'
import { checkPiece } from './row-units.ts'
import type { ExpectedBlock, FileContent } from './view-file.ts'

/** How many index files are read, and pieces copied, concurrently. */
const CONCURRENCY = 3

/** Assembles the CSV, staging only the pieces that the existing file lacks. A block's id is the SHA-256 of its bytes. */
export function csvRows(
  archive: Pick<Archive, 'view' | 'snapshots'>,
  manifest: Manifest,
): FileContent {
  async function assemble({ name, etag, isAnew }: Target): Promise<ViewContent> {
    const { view } = archive
    // If the file is replaced between `etag` and this answer, the commit under that ETag fails.
    const blocks = etag === null || isAnew ? [] : await view.blocks(name)
    const there = new Set(blocks.map(({ id }) => id))
    const pieces = await viewPieces(archive, manifest)
    const header = csvHead(manifest)
    const missing = new Map(
      pieces.filter((piece) => !there.has(piece.sha256)).map((piece) => [piece.sha256, piece]),
    )
    if (!there.has(header.sha256)) await view.stage(name, header.sha256, header.bytes)
    await copyPieces(archive, name, [...missing.values()])
    return {
      blockIds: [header.sha256, ...pieces.map((piece) => piece.sha256)],
      contentType: CSV_CONTENT_TYPE,
      staged: missing.size + (there.has(header.sha256) ? 0 : 1),
      bytes: [...missing.values()].reduce((sum, piece) => sum + piece.bytes, 0),
    }
  }

  async function expected(): Promise<ExpectedBlock[]> {
    const { bytes, sha256 } = csvHead(manifest)
    return [{ bytes: bytes.length, sha256 }, ...(await viewPieces(archive, manifest))]
  }

  return { assemble, expected }
}

/** The pieces from which the CSV of a snapshot is assembled, after the header row. */
async function viewPieces(
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
      const { path, offset, bytes: length } = piece
      const bytes = await archive.snapshots.readRange(path, offset, length, buffer)
      checkPiece(path, piece, bytes)
      await archive.view.stage(name, piece.sha256, bytes)
      buffers.push(buffer)
    },
    { concurrency: CONCURRENCY },
  )
}
