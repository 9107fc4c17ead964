import type { ContainerClient } from '@azure/storage-blob'
import type { ExportStore } from './ports.ts'
import { snapshotStore } from './snapshot-store.ts'
import { stateStore } from './state-store.ts'

/** `billing-exports` over a container client. */
export function exportStore(container: ContainerClient): ExportStore {
  return { ...stateStore(container), upload: snapshotStore(container).upload }
}
