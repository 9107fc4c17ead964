/**
 * Checks files of a dataset that only a newer program knows: they are left alone, and are not a fault if
 * intact.
 */
import { createHash } from 'node:crypto'
import { attemptFileOf, isRepairName, manifestNumber } from '../../format/layout.ts'
import type { BlobReader, ListedBlob } from '../../storage/ports.ts'
import { type Fault, fault } from './fault.ts'

/**
 * Checks the files of an unknown series as far as the format alone allows: their names, and their bytes
 * against the digest that their commit recorded. `unknown`: how many are intact.
 */
export async function checkUnknown(
  snapshots: Pick<BlobReader, 'stream'>,
  blobs: readonly ListedBlob[],
): Promise<{ faults: Fault[]; unknown: number }> {
  const faults: Fault[] = []
  for (const { name, metadata } of blobs) {
    if (manifestNumber(name) === null && attemptFileOf(name) === null && !isRepairName(name)) {
      faults.push(fault('FOREIGN_FILE', name, 'this program writes no file of that name'))
      continue
    }
    const hash = createHash('sha256')
    for await (const chunk of snapshots.stream(name)) hash.update(chunk)
    const digest = hash.digest('hex')
    if (digest === metadata['sha256']) continue
    const what = `its SHA-256 is ${digest}, but its metadata says ${metadata['sha256'] ?? 'nothing'}`
    faults.push(fault('FILE_ALTERED', name, what))
  }
  return { faults, unknown: blobs.length - faults.length }
}
