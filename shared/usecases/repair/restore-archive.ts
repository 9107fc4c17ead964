/** Restores an archive from a copy of its snapshots: a replica, a backup, another region. */

import { createHash } from 'node:crypto'
import pMap from 'p-map'
import { ArchiveError, hasCode } from '../../errors.ts'
import { contentTypeOfBlob } from '../../format/content-types.ts'
import { ledgerNumber, manifestNumber } from '../../format/layout.ts'
import type { BlobReader, ListedBlob, SnapshotStore } from '../../storage/ports.ts'

export interface Restored {
  /** Copied blobs, and their bytes. */
  readonly copied: number
  readonly bytes: number
  /** Blobs that already existed, with the same digest. */
  readonly there: number
  /** Blobs of the copy that were rejected, and why: they conflict with existing blobs, or are damaged. */
  readonly refused: readonly { readonly blob: string; readonly why: string }[]
}

const CONCURRENCY = 4

/**
 * Copies what `copy` has and `snapshots` lacks: files first, then manifests from the oldest on, then ledgers,
 * so that a concurrent reader never finds a snapshot without its files. Each blob must have the digest that
 * its own commit recorded. Existing blobs are not touched; a second run continues where the first stopped.
 */
export async function restoreArchive(
  snapshots: SnapshotStore,
  copy: BlobReader,
  onBlob: (name: string) => void = () => {},
): Promise<Restored> {
  const there = new Map<string, ListedBlob>()
  for await (const blob of snapshots.list('')) there.set(blob.name, blob)
  const result = { copied: 0, bytes: 0, there: 0, refused: [] as { blob: string; why: string }[] }

  async function restore(blob: ListedBlob): Promise<void> {
    const { name, metadata } = blob
    const known = there.get(name)
    if (known !== undefined) {
      if (known.metadata['sha256'] === metadata['sha256']) result.there++
      else result.refused.push({ blob: name, why: 'this archive has another blob of that name' })
      return
    }
    try {
      result.bytes += await copyBlob(snapshots, copy, blob)
      result.copied++
      onBlob(name)
    } catch (error) {
      if (!hasCode(error, 'DIGEST_MISMATCH', 'BLOB_NOT_FOUND', 'ALREADY_EXISTS')) throw error
      result.refused.push({ blob: name, why: error.message })
    }
  }

  const later: ListedBlob[] = []
  const files: ListedBlob[] = []
  for await (const blob of copy.list('')) {
    const isLater = manifestNumber(blob.name) !== null || ledgerNumber(blob.name) !== null
    ;(isLater ? later : files).push(blob)
  }
  await pMap(files, restore, { concurrency: CONCURRENCY })
  const isLedger = ({ name }: ListedBlob): boolean => ledgerNumber(name) !== null
  // Names sort in the order of their numbers.
  for (const blob of later.filter((each) => !isLedger(each))) await restore(blob)
  for (const blob of later.filter(isLedger)) await restore(blob)
  return result
}

async function copyBlob(
  snapshots: SnapshotStore,
  copy: BlobReader,
  { name, metadata }: ListedBlob,
): Promise<number> {
  const upload = snapshots.upload(name, { contentType: contentTypeOfBlob(name) })
  const hash = createHash('sha256')
  let bytes = 0
  try {
    for await (const chunk of copy.stream(name)) {
      hash.update(chunk)
      bytes += chunk.length
      await upload.write(chunk)
    }
    const digest = hash.digest('hex')
    const said = metadata['sha256'] ?? 'nothing'
    if (digest !== said) {
      const what = `its SHA-256 is ${digest}, but its metadata says ${said}`
      throw new ArchiveError('DIGEST_MISMATCH', `${name} of the copy: ${what}`)
    }
    await upload.commit(digest)
    return bytes
  } finally {
    upload.abandon()
  }
}
