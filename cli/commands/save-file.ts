/** Writes exported files. */
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream, existsSync } from 'node:fs'
import { rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { makeFolder } from '../../local/make-folder.ts'
import { ArchiveError } from '../../shared/errors.ts'

/**
 * Renames the file into place only when it is complete and correct. True if it already existed with the same
 * bytes.
 */
export async function save(file: string, bytes: AsyncIterable<Buffer>): Promise<boolean> {
  const hash = createHash('sha256')
  await makeFolder(dirname(file))
  try {
    await pipeline(
      bytes,
      async function* (chunks) {
        for await (const chunk of chunks) {
          hash.update(chunk)
          yield chunk
        }
      },
      createWriteStream(`${file}.part`),
    )
    const digest = hash.digest('hex')
    const isThere = existsSync(file) && (await digestOf(file)) === digest
    await rename(`${file}.part`, file)
    return isThere
  } catch (error) {
    throw fileError(error, file)
  }
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash)
  return hash.digest('hex')
}

/** Translates a file system error into one of ours; returns any other error unchanged. */
function fileError(error: unknown, file: string): unknown {
  const { code } = error as NodeJS.ErrnoException
  const why: Record<string, string> = {
    ENOSPC: 'the disk is full: free some space, or name another folder with --to',
    EACCES: 'permission denied: name another folder with --to',
    EROFS: 'the disk is read-only: name another folder with --to',
    EISDIR: 'a folder has that name: name another folder with --to',
  }
  const words = why[code ?? '']
  if (words === undefined) return error
  return new ArchiveError('BAD_REQUEST', `${file} was not written: ${words}`, { cause: error })
}
