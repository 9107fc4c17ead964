/**
 * Locks a data folder for one archive: two storage processes on the same files would lose each other's
 * writes.
 */
import { open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { isAlive } from './is-alive.ts'
import { makeFolder } from './make-folder.ts'

/** The process that uses a folder. */
interface Owner {
  readonly pid: number
  /** ISO 8601. */
  readonly since: string
}

/** Another process uses the folder. */
export class FolderInUse extends Error {
  override readonly name = 'FolderInUse'
}

/** Time for two processes that take over the same stale lock to see which of them has it. */
const SETTLE_MS = 50

/**
 * Locks the folder, creating it if necessary, and returns a function that unlocks it. The lock of a dead
 * process is taken over. Rejects with {@link FolderInUse}, which names the process and the remedy.
 */
export async function takeDataFolder(dataDir: string): Promise<() => Promise<void>> {
  await makeFolder(dataDir)
  const file = join(dataDir, 'owner.json')
  const us: Owner = { pid: process.pid, since: new Date().toISOString() }
  const text = `${JSON.stringify(us)}\n`
  if (!(await created(file, text))) {
    const owner = await ownerIn(file)
    if (owner !== null && owner.pid !== process.pid && isAlive(owner.pid))
      throw inUse(dataDir, owner)
    // The last rename wins.
    await writeFile(`${file}.${process.pid}`, text)
    await rename(`${file}.${process.pid}`, file)
    await delay(SETTLE_MS)
    const winner = await ownerIn(file)
    if (winner !== null && winner.pid !== us.pid) throw inUse(dataDir, winner)
  }
  return async () => {
    if ((await ownerIn(file))?.pid === us.pid) await rm(file, { force: true })
  }
}

async function created(file: string, text: string): Promise<boolean> {
  try {
    const handle = await open(file, 'wx')
    await handle.writeFile(text)
    await handle.close()
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** Null if the file is missing or incomplete. */
async function ownerIn(file: string): Promise<Owner | null> {
  try {
    const owner = JSON.parse(await readFile(file, 'utf8')) as Partial<Owner>
    return typeof owner.pid === 'number' ? { pid: owner.pid, since: String(owner.since) } : null
  } catch (error) {
    if (error instanceof SyntaxError) return null
    const { code = '' } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return null
    const todo = 'delete it, or choose another folder with --data-dir'
    throw new Error(`${file} can't be read (${code}): ${todo}`, { cause: error })
  }
}

function inUse(dataDir: string, { pid, since }: Owner): FolderInUse {
  return new FolderInUse(
    `${dataDir} is in use by process ${pid} since ${since}: stop that process, or choose another folder with --data-dir (if it is not an archive, delete ${join(dataDir, 'owner.json')})`,
  )
}
