/** However a part ends, all shared memory is returned, and no body is left open. */
import { describe, expect, it } from 'vitest'
import { ArchiveError } from '../../../../shared/errors.ts'
import { rowBufferPool } from '../../../../shared/rows/batch/row-buffers.ts'
import type { SnapshotStore } from '../../../../shared/storage/ports.ts'
import { endings } from '../../../../testing/simulation/endings.ts'
import {
  behindOnePage,
  never,
  outcomeOf,
  ROWS,
} from '../../../../testing/simulation/pools-in-use.ts'
import {
  page,
  type Script,
  scripted,
  usageOf,
} from '../../../../testing/sources/scripted-source.ts'

describe('all shared memory is returned', () => {
  it.each(endings)('after %s (%s)', async (_, code, script, overrides) => {
    expect(await outcomeOf(script, overrides)).toEqual({
      code,
      inUse: { pages: 0, texts: 0, bodies: 0 },
    })
  })

  it.each<[string, Script]>([
    ['for an answer', behindOnePage(() => null)],
    ['for the rest of a body', behindOnePage(() => ({ body: ['{"data":[{"cost":1}', null] }))],
    ['for the first answer', () => null],
  ])('after the function was ended while it waited %s', async (_, script) => {
    const { code, inUse } = await outcomeOf(script, {}, AbortSignal.timeout(30))
    expect(code).toContain('TimeoutError')
    expect(inUse).toEqual({ pages: 0, texts: 0, bodies: 0 })
  })

  it('after the function was ended while it waited for the vault, or for a pause', async () => {
    const keyRing = { keys: () => new Promise<never>(() => {}), reread: async () => [] }
    const waiting = await outcomeOf(
      () => ({ body: page([1]) }),
      { keyRing },
      AbortSignal.timeout(30),
    )
    expect(waiting.code).toContain('TimeoutError')
    const signal = AbortSignal.timeout(30)
    const sleep = (_ms: number, until: AbortSignal) =>
      new Promise<void>((_resolve, reject) => {
        if (until.aborted) reject(until.reason as Error)
        until.addEventListener('abort', () => reject(until.reason as Error))
      })
    const paused = await outcomeOf(
      behindOnePage(() => ({ status: 429, headers: { 'retry-after': '60' } })),
      { sleep },
      signal,
    )
    expect(paused.code).toContain('TimeoutError')
    expect(paused.inUse).toEqual({ pages: 0, texts: 0, bodies: 0 })
  })

  it('after a reader that wants no more rows, while the next page is on its way', async () => {
    for (const second of [{ body: page([1]) }, { body: ['{"data":[{"cost":1}', null] }, null]) {
      const { source, pool, openBodies } = scripted(behindOnePage(() => second))
      const answer = await source.fetch(usageOf('100'), null, null, never)
      if (answer.kind !== 'rows') throw new Error('expected rows')
      for await (const _ of answer.batches) break
      expect([pool.taken(), openBodies()]).toEqual([0, 0])
    }
  })

  it.each([1, 2, 3, 4, 5, 6])('after storage that fails at write %i', async (fatal) => {
    let writes = 0
    const failing = (store: SnapshotStore): SnapshotStore => ({
      ...store,
      upload(name, options) {
        const file = store.upload(name, options)
        const write = async (bytes: Uint8Array): Promise<void> => {
          if (++writes === fatal) throw new ArchiveError('STORAGE_UNAVAILABLE', 'full')
          await file.write(bytes)
        }
        return { ...file, write }
      },
    })
    const script = behindOnePage(() => ({ body: page(ROWS) }))
    const { code, inUse } = await outcomeOf(script, {}, never, failing)
    expect(code).toBe('STORAGE_UNAVAILABLE')
    expect(inUse).toEqual({ pages: 0, texts: 0, bodies: 0 })
  })

  it('for other parts, whatever happened to eight earlier ones', async () => {
    const pool = rowBufferPool(2)
    const { source } = scripted(
      ({ url }) => ({
        body: url.pathname.includes('/100/') ? page(ROWS, 'https://evil.example/') : page([1]),
      }),
      { pool },
    )
    for (let part = 0; part < 8; part++) {
      const answer = await source.fetch(usageOf('100'), null, null, never)
      const read = async () => {
        if (answer.kind === 'rows') for await (const _ of answer.batches);
      }
      await expect(read()).rejects.toMatchObject({ code: 'SOURCE_FOREIGN_LINK' })
    }
    const answer = await source.fetch(usageOf('200'), null, null, AbortSignal.timeout(1_000))
    expect(answer.kind).toBe('rows')
  })
})
