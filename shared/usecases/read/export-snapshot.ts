import { createHash } from 'node:crypto'
import { ArchiveError } from '../../errors.ts'
import { manifestName } from '../../format/layout.ts'
import { seriesOfManifest } from '../../format/manifest.ts'
import type { Series } from '../../format/series.ts'
import type { BlobReader } from '../../storage/ports.ts'
import { readSnapshot, type Snapshot, snapshotNumbers } from './read-snapshots.ts'

/** Receives one file: its name in the archive, and its bytes as a stream. */
export type FileSink = (name: string, bytes: AsyncIterable<Buffer>) => Promise<void>

/** What was exported. */
export interface Exported {
  readonly files: number
  readonly bytes: number
}

/**
 * Passes the manifest of a snapshot and every file that it names to `sink`, each verified against the
 * manifest's digest on the way. Rejects with `DIGEST_MISMATCH` or `BLOB_NOT_FOUND` at the first bad file.
 */
export async function exportSnapshot(
  snapshots: BlobReader,
  { manifest, sha256 }: Snapshot,
  sink: FileSink,
): Promise<Exported> {
  const name = manifestName(seriesOfManifest(manifest), manifest.number)
  const named = manifest.parts.flatMap((part) => part.files)
  const files = [{ path: name, sha256 }, ...named]
  let bytes = 0
  for (const file of files) {
    const counted = checked(snapshots, file.path, file.sha256, (length) => (bytes += length))
    await sink(file.path, counted)
  }
  return { files: files.length, bytes }
}

async function* checked(
  snapshots: BlobReader,
  path: string,
  expected: string,
  count: (length: number) => void,
): AsyncGenerator<Buffer> {
  const hash = createHash('sha256')
  for await (const chunk of snapshots.stream(path)) {
    hash.update(chunk)
    count(chunk.length)
    yield chunk
  }
  const found = hash.digest('hex')
  if (found === expected) return
  throw new ArchiveError('DIGEST_MISMATCH', `${path}: expected SHA-256 ${expected}, found ${found}`)
}

/**
 * Finds a snapshot of a series: by number, as known at a given time, or the newest. Rejects with `NOT_FOUND`.
 */
export async function findSnapshot(
  snapshots: BlobReader,
  series: Series,
  wanted: { readonly number?: number | undefined; readonly asOf?: string | undefined },
): Promise<Snapshot> {
  const numbers = await snapshotNumbers(snapshots, series)
  const label = `${series.dataset} ${series.enrollment} ${series.billingPeriod}`
  if (numbers.length === 0)
    throw new ArchiveError(
      'NOT_FOUND',
      `there is no snapshot of ${label}: "list" shows what is archived`,
    )
  if (wanted.number !== undefined) {
    const found = await readSnapshot(snapshots, series, wanted.number)
    if (found !== null) return found
    const range = `${numbers[0]} to ${numbers.at(-1)}`
    throw new ArchiveError(
      'NOT_FOUND',
      `${label} has no snapshot ${wanted.number}; it has ${range}`,
    )
  }
  const found =
    wanted.asOf === undefined
      ? await readSnapshot(snapshots, series, numbers.at(-1) as number)
      : await newestAsOf(snapshots, series, numbers, wanted.asOf)
  if (found !== null) return found
  throw new ArchiveError('NOT_FOUND', `nothing of ${label} was known at ${wanted.asOf}`)
}

/** Binary search: the times of snapshots grow with their numbers. */
async function newestAsOf(
  snapshots: BlobReader,
  series: Series,
  numbers: readonly number[],
  asOf: string,
): Promise<Snapshot | null> {
  let found: Snapshot | null = null
  let [low, high] = [0, numbers.length]
  while (low < high) {
    const middle = (low + high) >> 1
    const snapshot = await readSnapshot(snapshots, series, numbers[middle] as number)
    if (snapshot !== null && snapshot.manifest.takenAt <= asOf) {
      found = snapshot
      low = middle + 1
    } else high = middle
  }
  return found
}
