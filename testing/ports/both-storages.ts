/** The storage ports on Azurite over https with tokens, and in the memory that the simulation runs on. */
import type {
  MessageQueue,
  SnapshotStore,
  StateStore,
  ViewStore,
} from '../../shared/storage/ports.ts'
import { downloadText } from '../http/download.ts'
import { type MemoryStorage, memoryStorage } from '../simulation/memory-storage.ts'
import { type Stack, startStack, type TestArchive } from '../stack/archive-stack.ts'

export interface Ports {
  readonly snapshots: SnapshotStore
  readonly state: StateStore
  readonly view: ViewStore
  readonly queue: MessageQueue
  viewText(name: string): Promise<string>
  /** Visible messages, and the total number of messages. */
  messages(): Promise<{ readonly visible: readonly string[]; readonly all: number }>
}

export const KINDS = ['azurite', 'memory'] as const

export interface BothStorages {
  /** The archive on Azurite. */
  readonly stack: Stack
  readonly test: TestArchive
  on(kind: (typeof KINDS)[number]): Ports
  close(): Promise<void>
}

export async function startBothStorages(): Promise<BothStorages> {
  const stack = await startStack()
  const test = await stack.fresh()
  const memory: MemoryStorage = memoryStorage(Date.now)
  const storages: Record<'azurite' | 'memory', () => Ports> = {
    azurite: () => ({
      ...test.deps.archive,
      viewText: (name) =>
        downloadText(test.blobUrl, stack.services.credential, 'billing-current', name),
      async messages() {
        const { peekedMessageItems } = await test.queue.peekMessages({ numberOfMessages: 32 })
        const { approximateMessagesCount = 0 } = await test.queue.getProperties()
        const visible = peekedMessageItems.map(({ messageText }) =>
          Buffer.from(messageText, 'base64').toString(),
        )
        return { visible, all: approximateMessagesCount }
      },
    }),
    memory: () => ({
      ...memory,
      viewText: async (name) => memory.stored.view.get(name)?.bytes.toString() ?? '',
      async messages() {
        const { messages } = memory.stored
        const visible = messages.filter(({ visibleAt }) => visibleAt <= Date.now())
        return { visible: visible.map(({ body }) => body), all: messages.length }
      },
    }),
  }
  return {
    stack,
    test,
    on: (kind) => storages[kind](),
    async close() {
      await test.close()
      await stack.close()
    },
  }
}
