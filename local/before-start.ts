/** The checks before anything is started. */
import { checkSettings } from './check-settings.ts'
import { takeDataFolder } from './data-folder.ts'
import { fullDisk } from './disk-space.ts'
import { checkPort } from './free-port.ts'
import type { StartOptions } from './start-options.ts'
import { remoteSource } from './upstream.ts'

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
  const unlock = await takeDataFolder(dataDir)
  const full = await fullDisk(dataDir)
  if (full === null) return unlock
  await unlock()
  throw new Error(full)
}
