/** Starts the shared storage of a test run: once, for the first project that needs it. */
import { SHARED_STORAGE, startSharedStorage } from './shared-storage.ts'

/** One per worker, because an Azurite uses one core. */
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
