/** What reading and the port of the snapshots promise, on Azurite and in memory. */
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sha256 } from '../../shared/rows/blocks/digest.ts'
import type { SnapshotStore, StateStore } from '../../shared/storage/ports.ts'
import { type BothStorages, KINDS, startBothStorages } from '../../testing/ports/both-storages.ts'

let both: BothStorages

beforeAll(async () => {
  both = await startBothStorages()
})
afterAll(() => both.close())

const text = (value: string): Buffer => Buffer.from(value)
const options = (bytes: Buffer) => ({ contentType: 'application/json', sha256: sha256(bytes) })

async function drain(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}

describe.each(KINDS)('on %s', (kind) => {
  let snapshots: SnapshotStore
  let state: StateStore

  beforeAll(() => {
    ;({ snapshots, state } = both.on(kind))
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
})
