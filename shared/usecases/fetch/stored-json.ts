/** A stored JSON file that is compared with its record while it is read. */
import { createHash } from 'node:crypto'
import { ArchiveError, describeError, hasCode } from '../../errors.ts'
import type { FileRecord } from '../../format/part-record.ts'
import type { RowBatch } from '../../rows/batch/row-batch.ts'
import type { Inflate } from '../../rows/blocks/inflate.ts'
import type { RowLayout } from '../../rows/row-layout.ts'
import type { BlobReader } from '../../storage/ports.ts'
import { storedBatches } from '../read/stored-rows.ts'

/**
 * The rows of `file`, each batch valid until the next one is requested. Rejects with `FILE_DAMAGED` if it can't
 * be read or, after the last batch, if its bytes are not those of its record.
 */
export async function* checkedRows(
  snapshots: Pick<BlobReader, 'stream'>,
  file: FileRecord,
  layout: RowLayout,
  inflate: Inflate,
): AsyncGenerator<RowBatch> {
  const hash = createHash('sha256')
  const reader: Pick<BlobReader, 'stream'> = {
    async *stream(name) {
      for await (const chunk of snapshots.stream(name)) {
        hash.update(chunk)
        yield chunk
      }
    },
  }
  try {
    yield* storedBatches(reader, file.path, layout, undefined, inflate)
  } catch (error) {
    if (isOfStorage(error)) throw error
    throw damaged(file, `can't be read: ${describeError(error).message}`, error)
  }
  const digest = hash.digest('hex')
  if (digest !== file.sha256) {
    throw damaged(file, `has the SHA-256 ${digest}, but its snapshot says ${file.sha256}`)
  }
}

/** Anything else comes from the bytes: deflate, UTF-8, JSON. */
function isOfStorage(error: unknown): boolean {
  return hasCode(error, 'STORAGE_UNAVAILABLE', 'BLOB_NOT_FOUND', 'FILE_DAMAGED')
}

/** The error for a JSON file from which nothing can be rebuilt. */
export function damaged({ path }: FileRecord, why: string, cause?: unknown): ArchiveError {
  return new ArchiveError('FILE_DAMAGED', `${path} ${why}`, { cause })
}
