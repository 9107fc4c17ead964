import { ArchiveError } from '../../errors.ts'
import { manifestFolder, manifestName, manifestNumber } from '../../format/layout.ts'
import { type Manifest, parseManifest } from '../../format/manifest.ts'
import { parsedOnce } from '../../format/parsed-once.ts'
import { type PartIndex, parseIndex } from '../../format/part-index.ts'
import type { Series } from '../../format/series.ts'
import { sha256 } from '../../rows/blocks/digest.ts'
import type { BlobReader } from '../../storage/ports.ts'

/** A manifest with the digest of its bytes. */
export interface Snapshot {
  readonly manifest: Manifest
  readonly sha256: string
}

const parsedSnapshots = new WeakMap<Buffer, Snapshot>()
const parsedIndexes = new WeakMap<Buffer, PartIndex>()

/** Numbers of a series' snapshots, oldest first. */
export async function snapshotNumbers(
  snapshots: Pick<BlobReader, 'list'>,
  series: Series,
): Promise<number[]> {
  const numbers: number[] = []
  for await (const { name } of snapshots.list(manifestFolder(series))) {
    const number = manifestNumber(name)
    if (number !== null) numbers.push(number) // verify reports other files in the folder
  }
  return numbers.sort((a, b) => a - b)
}

/** The newest snapshot of a series, or null if there is none yet. */
export async function newestSnapshot(
  snapshots: Pick<BlobReader, 'list' | 'read'>,
  series: Series,
): Promise<Snapshot | null> {
  const number = (await snapshotNumbers(snapshots, series)).at(-1)
  return number === undefined ? null : readSnapshot(snapshots, series, number)
}

/** Snapshot `number` of a series, or null if there is none of that number. */
export async function readSnapshot(
  snapshots: Pick<BlobReader, 'read'>,
  series: Series,
  number: number,
): Promise<Snapshot | null> {
  const name = manifestName(series, number)
  const { bytes } = await snapshots.read(name)
  if (bytes === null) return null
  return parsedOnce(parsedSnapshots, bytes, () => {
    return { manifest: parseManifest(bytes, name), sha256: sha256(bytes) }
  })
}

/** The index file at `path`; rejects with `BLOB_NOT_FOUND`. */
export async function readIndex(
  snapshots: Pick<BlobReader, 'read'>,
  path: string,
): Promise<PartIndex> {
  const { bytes } = await snapshots.read(path)
  if (bytes === null) throw new ArchiveError('BLOB_NOT_FOUND', `${path} is missing`)
  return parsedOnce(parsedIndexes, bytes, () => parseIndex(bytes, path))
}
