/** However a part ends, all shared memory is returned, and no body is left open. */
import { describe, expect, it } from 'vitest'
import { ArchiveError } from '../../../../shared/errors.ts'
import { rowBufferPool } from '../../../../shared/rows/batch/row-buffers.ts'
import { type TextPool, textPool } from '../../../../shared/rows/bytes/text-pool.ts'
import type { EaReportingOptions } from '../../../../shared/sources/ea-reporting/ea-reporting.ts'
import type { SnapshotStore } from '../../../../shared/storage/ports.ts'
import { fetchPart } from '../../../../shared/usecases/fetch/fetch-part.ts'
import { openPlan, scriptedArchive } from '../../../../testing/simulation/scripted-archive.ts'
import {
  type Answer,
  KEY,
  page,
  type Script,
  scripted,
  usageOf,
} from '../../../../testing/sources/scripted-source.ts'

const never = new AbortController().signal
const ROWS = Array.from({ length: 1_500 }, (_, i) => i)

/** A pool of texts that counts those in use. */
function countedTexts(): TextPool & { taken(): number } {
  const pool = textPool()
  let taken = 0
  return {
    take() {
      taken++
      return pool.take()
    },
    give(text) {
      taken--
      pool.give(text)
    },
    discard(count) {
      taken -= count
      pool.discard(count)
    },
    isScarce: pool.isScarce,
    taken: () => taken,
  }
}

interface Outcome {
  readonly code: string
  readonly inUse: { readonly pages: number; readonly texts: number; readonly bodies: number }
}

/** Fetches a part with the use case and the real source, and checks what is still in use. */
async function outcomeOf(
  script: Script,
  overrides: Partial<EaReportingOptions> = {},
  signal: AbortSignal = never,
  wrap: (store: SnapshotStore) => SnapshotStore = (store) => store,
): Promise<Outcome> {
  const pool = rowBufferPool(2)
  const { source, openBodies } = scripted(script, { pool, ...overrides })
  const texts = countedTexts()
  const quiet = scriptedArchive(source, { texts })
  const archive = { ...quiet, snapshots: wrap(quiet.snapshots) }
  const before = { state: null, etag: null, at: new Date(0) }
  const code = await fetchPart(
    archive,
    { open: openPlan, part: 'all', before },
    signal,
    archive.log,
  ).then(
    ({ kind }) => kind,
    (error: unknown) => (error instanceof ArchiveError ? error.code : String(error)),
  )
  return { code, inUse: { pages: pool.taken(), texts: texts.taken(), bodies: openBodies() } }
}

/** Page 1 has rows and a link; `second` is the next page. */
function behindOnePage(second: (number: number) => Answer | null, link = '?p=2'): Script {
  return ({ url }, number) =>
    url.searchParams.has('p') ? second(number) : { body: page(ROWS, link) }
}

function throwing(error: Error): never {
  throw error
}

const cases: [string, string, Script, Partial<EaReportingOptions>?][] = [
  ['all is well', 'part', behindOnePage(() => ({ body: page([1]) }))],
  [
    'a link to another host',
    'SOURCE_FOREIGN_LINK',
    () => ({ body: page(ROWS, 'https://evil.example/') }),
  ],
  ['an invalid link', 'SOURCE_BAD_VALUE', () => ({ body: '{"data":[{"cost":1}],"nextLink":17}' })],
  ['a link with the key', 'SOURCE_BAD_VALUE', () => ({ body: page(ROWS, `?p=${KEY}`) })],
  ['links in a circle', 'SOURCE_ENDLESS', behindOnePage(() => ({ body: page([1], '?p=2') }))],
  [
    'links in a circle, streamed',
    'SOURCE_ENDLESS',
    behindOnePage(() => ({ body: page([1], '?p=2') })),
    { pageBytes: 10 },
  ],
  ['a truncated page', 'ROWS_CUT', behindOnePage(() => ({ body: '{"data":[{"cost":1' }))],
  [
    'a page that is not JSON',
    'ROWS_INVALID_JSON',
    behindOnePage(() => ({ body: '{"data":[{cost:1}]}' })),
  ],
  ['HTML', 'ROWS_UNEXPECTED_SHAPE', behindOnePage(() => ({ body: '<html>Busy</html>' }))],
  [
    'a hidden link',
    'ROWS_HIDDEN',
    behindOnePage(() => ({ body: '{"data":[],"NextLink":"?p=3"}' })),
  ],
  [
    'an error with status 200',
    'SOURCE_ERROR',
    behindOnePage(() => ({ body: '{"error":"x","data":[]}' })),
  ],
  [
    'too much beside the rows',
    'ROWS_TOO_LARGE',
    behindOnePage(() => ({
      body: `{"a":"${'x'.repeat(600_000)}","b":"${'x'.repeat(600_000)}","data":[]}`,
    })),
    { pageBytes: 4e6 },
  ],
  [
    'a truncated streamed page',
    'SOURCE_INTERRUPTED',
    behindOnePage(() => ({ body: ['{"data":[{"cost":1}', ',{"cost":1'] })),
    { pageBytes: 10 },
  ],
  [
    'a streamed page with a hidden link',
    'ROWS_HIDDEN',
    behindOnePage(() => ({ body: ['{"data":[{"cost":1}', ',{"cost":1}],"NextLink":""}'] })),
    { pageBytes: 10 },
  ],
  ...[400, 404].map(
    (status) =>
      [
        `${status} behind a page`,
        'SOURCE_CHANGED',
        behindOnePage(() => ({ status, body: 'gone' })),
      ] as [string, string, Script],
  ),
  ['401 behind a page', 'SOURCE_UNAUTHORIZED', behindOnePage(() => ({ status: 401, body: 'no' }))],
  ['403 behind a page', 'SOURCE_FORBIDDEN', behindOnePage(() => ({ status: 403, body: 'no' }))],
  [
    '418 behind a page',
    'SOURCE_UNEXPECTED_STATUS',
    behindOnePage(() => ({ status: 418, body: 'no' })),
  ],
  ['304 without a condition', 'SOURCE_UNEXPECTED_STATUS', behindOnePage(() => ({ status: 304 }))],
  [
    'a redirect that is not followed',
    'SOURCE_UNEXPECTED_STATUS',
    () => ({ status: 307, headers: { location: '/x' }, body: 'x' }),
  ],
  ['500 behind a page', 'SOURCE_UNAVAILABLE', behindOnePage(() => ({ status: 500, body: 'no' }))],
  [
    'a long Retry-After',
    'SOURCE_UNAVAILABLE',
    behindOnePage(() => ({ status: 429, headers: { 'retry-after': '3600' } })),
  ],
  [
    'a network that fails',
    'SOURCE_UNAVAILABLE',
    behindOnePage(() => throwing(new Error('ECONNRESET'))),
  ],
  [
    'a source that does not answer',
    'SOURCE_UNAVAILABLE',
    behindOnePage(() => null),
    { retry: { tries: 2, baseMs: 1, capMs: 1, tryMs: 20, budgetMs: 1_000 } },
  ],
  [
    'a body that stalls',
    'SOURCE_UNAVAILABLE',
    behindOnePage(() => ({ body: ['{"data":[', null] })),
    { retry: { tries: 2, baseMs: 1, capMs: 1, tryMs: 20, budgetMs: 1_000 } },
  ],
  [
    'a vault that fails',
    'SECRET_UNAVAILABLE',
    () => ({ body: page(ROWS) }),
    {
      keyRing: {
        keys: () => throwing(new ArchiveError('SECRET_UNAVAILABLE', 'x')),
        reread: async () => [],
      },
    },
  ],
  [
    'a change found at the end',
    'SOURCE_CHANGED',
    ({ url }, number) => ({
      body: url.searchParams.has('p') ? page([1]) : page([...ROWS, number], '?p=2'),
    }),
  ],
]

describe('all shared memory is returned', () => {
  it.each(cases)('after %s (%s)', async (_, code, script, overrides) => {
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
