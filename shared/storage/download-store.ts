import type { ContainerClient } from '@azure/storage-blob'
import type { DownloadStore } from './ports.ts'
import { snapshotStore } from './snapshot-store.ts'
import { stateStore } from './state-store.ts'

/** `billing-downloads` over a container client. */
export function downloadStore(container: ContainerClient): DownloadStore {
  return { ...stateStore(container), upload: snapshotStore(container).upload }
}
