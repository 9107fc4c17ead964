/** What the ports of state, view and queue promise, on Azurite and in memory. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sha256 } from '../../shared/rows/blocks/digest.ts'
import type { StateStore, ViewStore } from '../../shared/storage/ports.ts'
import {
  type BothStorages,
  KINDS,
  type Ports,
  startBothStorages,
} from '../../testing/storage/both-storages.ts'

let both: BothStorages

beforeAll(async () => {
  both = await startBothStorages()
})
afterAll(() => both.close())

const text = (value: string): Buffer => Buffer.from(value)

describe.each(KINDS)('on %s', (kind) => {
  let state: StateStore
  let view: ViewStore
  let viewText: Ports['viewText']

  beforeAll(() => {
    ;({ state, view, viewText } = both.on(kind))
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
      expect(await view.blocks('v')).toEqual([
        { id: a, bytes: 3 },
        { id: b, bytes: 3 },
      ])
      const c = await stage('v', 'ccc')
      // The same block twice is two equal days.
      expect(await view.commit('v', [a, c, c], head?.etag ?? null, viewOptions)).toBe(true)
      expect(await viewText('v')).toBe('aaacccccc')
    })

    it('is read in ranges of one version', async () => {
      expect(await view.commit('r', [await stage('r', 'abcdef')], null, viewOptions)).toBe(true)
      const { etag = '' } = (await view.head('r')) ?? {}
      expect((await view.readRange('r', 2, 3, etag))?.toString()).toBe('cde')
      await view.commit('r', [await stage('r', 'ghijkl')], etag, viewOptions)
      expect(await view.readRange('r', 2, 3, etag)).toBeNull()
      expect(await view.readRange('none', 0, 1, etag)).toBeNull()
      const now = (await view.head('r'))?.etag ?? ''
      expect(await view.readRange('r', 3, 0, now)).toHaveLength(0)
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

describe.each(KINDS)('the queue on %s', (kind) => {
  it('hides a delayed message, which still exists', async () => {
    const { queue, messages } = both.on(kind)
    await queue.send('at once', 3_600)
    // Hidden for longer than others live, so it lives that much longer.
    await queue.send('later', 3_600, 7_200)
    expect(await messages()).toEqual({ visible: ['at once'], all: 2 })
  })
})

describe('storage that refuses access', () => {
  it('is a named error that says what to check', async () => {
    const elsewhere = both.test.host({
      ARCHIVE_STORAGE__blobServiceUri:
        both.stack.services.azurite.urlsOf('no-such-account').blobUrl,
    })
    await expect(elsewhere.archive.state.read('x')).rejects.toMatchObject({
      code: 'STORAGE_UNAVAILABLE',
    })
  })
})
