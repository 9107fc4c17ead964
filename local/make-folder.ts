import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { ArchiveError } from '../shared/errors.ts'

/**
 * Creates a folder and its parents. Not with the platform's own recursion, which never ends in places like
 * /proc. Rejects with `BAD_REQUEST`, which names the folder.
 */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await makeOne(folder)
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException
    const message = `can't create the folder ${folder} (${code}): choose another one`
    throw new ArchiveError('BAD_REQUEST', message, { cause: error })
  }
}

async function makeOne(folder: string): Promise<void> {
  try {
    await mkdir(folder)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST' && (await stat(folder)).isDirectory()) return
    const parent = dirname(folder)
    if (code !== 'ENOENT' || parent === folder || (await isThere(parent))) throw error
    await makeOne(parent)
    await mkdir(folder)
  }
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
