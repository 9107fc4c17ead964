import { type FileRecord, segmentsOf } from '../../format/part-record.ts'
import type { BlobReader } from '../../storage/ports.ts'
import { readIndex } from '../read/read-snapshots.ts'

/** The digests of the blocks of files, in order, read from their indexes; a part's digest covers all of them. */
export async function blockDigestsOf(
  snapshots: BlobReader,
  files: readonly FileRecord[],
): Promise<string[]> {
  const digests: string[] = []
  for (const { index } of segmentsOf(files)) {
    const { blocks } = await readIndex(snapshots, index.path)
    for (const block of blocks) digests.push(block.sha256)
  }
  return digests
}
