/** The checks before anything is started. */
import { resolve } from 'node:path'
import { checkSettings } from './check-settings.ts'
import { takeDataFolder } from './data-folder.ts'
import { fullDisk } from './disk-space.ts'
import { checkPort } from './free-port.ts'
import type { StartOptions } from './start-options.ts'
import { remoteSource } from './upstream.ts'

/** The folder of this program. */
const PROGRAM = resolve(import.meta.dirname, '..')

/**
 * Checks ports, settings, source and disk, and locks the data folder; gives what unlocks it. Rejects with a message for a
 * person.
 */
export async function beforeStart(
  options: StartOptions,
  dataDir: string,
): Promise<() => Promise<void>> {
  await checkPort(options.port, '--port')
  await checkPort(options.blobPort, '--blob-port')
  checkSettings(options, process.env)
  remoteSource(process.env)
  if (dataDir === PROGRAM) {
    const why = 'its files would lie among those of the program'
    throw new Error(
      `can't keep the data in ${dataDir}, as ${why}: choose another folder with --data-dir`,
    )
  }
  const unlock = await takeDataFolder(dataDir)
  const full = await fullDisk(dataDir)
  if (full === null) return unlock
  await unlock()
  throw new Error(full)
}
