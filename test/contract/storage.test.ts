/**
 * The contract of the storage ports, for the adapters on Azurite over https with tokens, and for the
 * in-memory storage of the simulation.
 */
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sha256 } from '../../shared/rows/blocks/digest.ts'
import type {
  MessageQueue,
  SnapshotStore,
  StateStore,
  ViewStore,
} from '../../shared/storage/ports.ts'
import { downloadText } from '../../testing/http/download.ts'
import { type MemoryStorage, memoryStorage } from '../../testing/simulation/memory-storage.ts'
import { type Stack, startStack, type TestArchive } from '../../testing/stack/archive-stack.ts'

interface Storage {
  readonly snapshots: SnapshotStore
  readonly state: StateStore
  readonly view: ViewStore
  readonly queue: MessageQueue
  viewText(name: string): Promise<string>
  /** Visible messages, and the total number of messages. */
  messages(): Promise<{ readonly visible: readonly string[]; readonly all: number }>
}

let stack: Stack
let test: TestArchive
const memory: MemoryStorage = memoryStorage(Date.now)

beforeAll(async () => {
  stack = await startStack()
  test = await stack.fresh()
})
afterAll(async () => {
  await test.close()
  await stack.close()
})

const storages: Record<'azurite' | 'memory', () => Storage> = {
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

const text = (value: string): Buffer => Buffer.from(value)
const options = (bytes: Buffer) => ({ contentType: 'application/json', sha256: sha256(bytes) })

async function drain(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}

describe.each(['azurite', 'memory'] as const)('on %s', (kind) => {
  let snapshots: SnapshotStore
  let state: StateStore
  let view: ViewStore
  let viewText: Storage['viewText']

  beforeAll(() => {
    ;({ snapshots, state, view, viewText } = storages[kind]())
  })

  describe('reading', () => {
    it("distinguishes a missing blob from a fault, with storage's clock in both cases", async () => {
      const missing = await state.read('nothing')
      expect(missing).toMatchObject({ bytes: null, etag: null })
      expect(Math.abs(missing.at.getTime() - Date.now())).toBeLessThan(60_000)
      await state.write('something', text('x'), null)
      const found = await state.read('something')
      expect(found.bytes?.toString()).toBe('x')
      expect(Math.abs(found.at.getTime() - Date.now())).toBeLessThan(60_000)
      await expect(snapshots.readRange('nothing', 0, 1)).rejects.toMatchObject({
        code: 'BLOB_NOT_FOUND',
      })
      await expect(drain(snapshots.stream('nothing'))).rejects.toMatchObject({
        code: 'BLOB_NOT_FOUND',
      })
    })

    it('lists names in order, with metadata, and folders one level deep', async () => {
      for (const name of ['list/b/2', 'list/a/1', 'list/b/1']) {
        await state.write(name, text(name), null, { checkedat: 'now' })
      }
      const listed = []
      for await (const blob of state.list('list/')) listed.push(blob)
      expect(listed).toEqual(
        ['list/a/1', 'list/b/1', 'list/b/2'].map((name) => ({
          name,
          metadata: { checkedat: 'now' },
          bytes: name.length,
          createdAt: expect.any(Date),
          tier: kind === 'azurite' ? 'Hot' : null,
        })),
      )
      const folders = []
      for await (const folder of state.folders('list/')) folders.push(folder)
      expect(folders).toEqual(['list/a/', 'list/b/'])
    })
  })

  describe('snapshots', () => {
    it('are created once and never replaced', async () => {
      await snapshots.create('once', text('first'), options(text('first')))
      await expect(
        snapshots.create('once', text('second'), options(text('second'))),
      ).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
      const small = snapshots.upload('once', { contentType: 'text/csv' })
      await small.write(text('third'))
      await expect(small.commit(sha256('third'))).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
      const large = snapshots.upload('once', { contentType: 'text/csv' })
      await large.write(Buffer.alloc(5 * 1024 * 1024))
      await expect(large.commit(sha256('x'))).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
      expect((await snapshots.read('once')).bytes?.toString()).toBe('first')
    })

    it.each([
      [0, false],
      [1, false],
      [4 * 1024 * 1024, false],
      [13 * 1024 * 1024 + 7, false],
      [256 * 1024, true],
      [1024 * 1024 + 1, true],
    ])(
      'of %i bytes are visible only when committed, whole, with their digest (one of many: %s)',
      async (size, isOneOfMany) => {
        const bytes = randomBytes(size)
        const name = `files/${size}`
        const file = snapshots.upload(name, { contentType: 'text/csv', isOneOfMany })
        for (let from = 0; from < size; from += 700_000) {
          await file.write(bytes.subarray(from, Math.min(size, from + 700_000)))
        }
        expect((await snapshots.read(name)).bytes).toBeNull()
        await file.commit(sha256(bytes))
        expect((await drain(snapshots.stream(name))).equals(bytes)).toBe(true)
        if (size > 10)
          expect((await snapshots.readRange(name, 3, 5)).equals(bytes.subarray(3, 8))).toBe(true)
        for await (const blob of snapshots.list(name)) {
          if (blob.name === name) expect(blob.metadata).toEqual({ sha256: sha256(bytes) })
        }
      },
    )

    it('can be written concurrently, also after a committed one was released', async () => {
      for (let i = 0; i < 5; i++) {
        const done = snapshots.upload(`done/${i}`, { contentType: 'text/csv' })
        await done.write(text('done'))
        await done.commit(sha256('done'))
        done.abandon()
      }
      const names = Array.from({ length: 6 }, (_, i) => `beside/${i}`)
      const files = names.map((name) => snapshots.upload(name, { contentType: 'text/csv' }))
      for (const [i, file] of files.entries()) await file.write(text(`${i}`.repeat(9)))
      await Promise.all(files.map((file, i) => file.commit(sha256(`${i}`.repeat(9)))))
      const found = await Promise.all(names.map((name) => snapshots.read(name)))
      expect(found.map(({ bytes }) => bytes?.toString())).toEqual(
        names.map((_, i) => `${i}`.repeat(9)),
      )
    })

    it('can not be changed or removed, by types and in fact', () => {
      const readers = ['folders', 'list', 'read', 'readRange', 'stream']
      expect(Object.keys(snapshots.asStored).sort()).toEqual(readers)
      expect(Object.keys(snapshots).sort()).toEqual([
        'asStored',
        'create',
        'folders',
        'list',
        'read',
        'readRange',
        'stream',
        'upload',
      ])
      // @ts-expect-error there is no such method
      expect(snapshots.delete).toBeUndefined()
      // @ts-expect-error nor this
      expect(snapshots.write).toBeUndefined()
    })
  })

  describe('the state', () => {
    it('is written only if no one else has written meanwhile', async () => {
      const first = await state.write('plan', text('1'), null)
      expect(await state.write('plan', text('x'), null)).toBeNull()
      const second = await state.write('plan', text('2'), first)
      expect(second).not.toBe(first)
      expect(await state.write('plan', text('x'), first)).toBeNull()
      expect(await state.write('new', text('x'), first)).toBeNull()
      const read = await state.read('plan')
      expect(read).toMatchObject({ etag: second })
      expect(read.bytes?.toString()).toBe('2')
    })
  })

  describe('the view', () => {
    const viewOptions = { contentType: 'text/csv', metadata: { number: '1' } }
    const stage = async (name: string, content: string): Promise<string> => {
      const id = sha256(content)
      await view.stage(name, id, text(content))
      return id
    }

    it('is assembled from blocks; committed ones need not be staged again', async () => {
      expect(await view.head('v')).toBeNull()
      const [a, b] = [await stage('v', 'aaa'), await stage('v', 'bbb')]
      expect(await view.commit('v', [a, b], null, viewOptions)).toBe(true)
      const head = await view.head('v')
      expect(head?.metadata).toEqual({ number: '1' })
      expect(await view.blocks('v')).toEqual(new Set([a, b]))
      const c = await stage('v', 'ccc')
      // The same block twice is two equal days.
      expect(await view.commit('v', [a, c, c], head?.etag ?? null, viewOptions)).toBe(true)
      expect(await viewText('v')).toBe('aaacccccc')
    })

    it('is replaced only if no one else has replaced it, and only by existing blocks', async () => {
      const a = await stage('w', 'aaa')
      expect(await view.commit('w', [a], null, viewOptions)).toBe(true)
      const head = await view.head('w')
      const b = await stage('w', 'bbb')
      expect(await view.commit('w', [b], null, viewOptions)).toBe(false)
      expect(await view.commit('w', [a, b], head?.etag ?? null, viewOptions)).toBe(true)
      const c = await stage('w', 'ccc')
      expect(await view.commit('w', [c], head?.etag ?? null, viewOptions)).toBe(false)
      const newer = await view.head('w')
      expect(
        await view.commit('w', [sha256('never staged')], newer?.etag ?? null, viewOptions),
      ).toBe(false)
    })
  })
})

describe.each(['azurite', 'memory'] as const)('the queue on %s', (kind) => {
  it('hides a delayed message, which still exists', async () => {
    const { queue, messages } = storages[kind]()
    await queue.send('at once', 3_600)
    // Hidden for longer than others live, so it lives that much longer.
    await queue.send('later', 3_600, 7_200)
    expect(await messages()).toEqual({ visible: ['at once'], all: 2 })
  })
})

describe('storage that refuses access', () => {
  it('is a named error that says what to check', async () => {
    const elsewhere = test.host({
      ARCHIVE_STORAGE__blobServiceUri: stack.services.azurite.urlsOf('no-such-account').blobUrl,
    })
    await expect(elsewhere.archive.state.read('x')).rejects.toMatchObject({
      code: 'STORAGE_UNAVAILABLE',
    })
  })
})
