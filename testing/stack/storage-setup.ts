/** Starts the storage that the files of a run share: once, for whichever project comes first. */
import { SHARED_STORAGE, startSharedStorage } from './shared-storage.ts'

/** One for each worker: an Azurite works on one core. */
const STORAGES = 2

export async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env[SHARED_STORAGE] !== undefined) return undefined
  const { value, close } = await startSharedStorage(STORAGES)
  process.env[SHARED_STORAGE] = value
  return async () => {
    delete process.env[SHARED_STORAGE]
    await close()
  }
}
