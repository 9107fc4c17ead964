/** Every plan ends, whatever its state and its data. */
import { createHash } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
import { usageDetails } from '../../shared/datasets/usage-details.ts'
import { ArchiveError } from '../../shared/errors.ts'
import { canonicalJson } from '../../shared/format/canonical-json.ts'
import { manifestName, planName } from '../../shared/format/layout.ts'
import { parseManifest } from '../../shared/format/manifest.ts'
import type { Series } from '../../shared/format/series.ts'
import { parseState, type SeriesState } from '../../shared/format/series-state.ts'
import { viewName } from '../../shared/format/view-names.ts'
import type { Archive } from '../../shared/usecases/archive.ts'
import { archivePart } from '../../shared/usecases/fetch/archive-part.ts'
import { openOrJoin } from '../../shared/usecases/plan/open-or-join.ts'
import { sweep } from '../../shared/usecases/plan/sweep.ts'
import { parseMessage } from '../../shared/usecases/state/part-message.ts'
import { quietArchive } from '../../testing/simulation/memory-archive.ts'
import type { MemoryBlob, MemoryStorage } from '../../testing/simulation/memory-storage.ts'
import type { SimulatedSource } from '../../testing/simulation/source.ts'

const HOUR = 3_600_000
const series: Series = {
  source: 'ea-reporting',
  dataset: 'usagedetails',
  enrollment: '100',
  billingPeriod: '201704',
}
const DAYS = ['2017-04-01', '2017-04-02']
const due = { billingPeriod: '201704', parts: DAYS, settled: false }
const signal = new AbortController().signal

let clock: number
let storage: MemoryStorage
let source: SimulatedSource
let archive: Archive

beforeEach(async () => {
  clock = Date.parse('2017-04-02T03:00:00Z')
  ;({ storage, source, archive } = quietArchive(() => clock, DAYS[1] ?? '', [], '[{"cost":1.5}]'))
})

function state(): SeriesState {
  const bytes = storage.stored.state.get(planName(series))?.bytes
  return parseState(bytes ?? Buffer.alloc(0), 'plan.json')
}

const manifests = (): string[] =>
  [...storage.stored.snapshots.keys()].filter((name) => name.includes('/snapshots/'))

const viewed = (): string | undefined =>
  storage.stored.view.get(viewName(series))?.metadata['number']

async function work(by: Archive = archive): Promise<unknown[]> {
  const { messages } = storage.stored
  const failures: unknown[] = []
  for (let next = messages.shift(); next !== undefined; next = messages.shift()) {
    await archivePart(by, parseMessage(JSON.parse(next.body)), signal).catch((error: unknown) =>
      failures.push(error),
    )
  }
  return failures
}

/** Workers that save their receipts and die before they check the plan. */
const mortal = (): Archive => ({
  ...archive,
  state: {
    ...archive.state,
    list() {
      throw new ArchiveError('STORAGE_UNAVAILABLE', 'simulated: it dies here')
    },
  },
})

describe('a plan that is open although its snapshot exists', () => {
  let lost: MemoryBlob

  beforeEach(async () => {
    await openOrJoin(archive, usageDetails, series, due)
    lost = storage.stored.state.get(planName(series)) as MemoryBlob
    await work()
    storage.stored.state.set(planName(series), lost)
    storage.stored.view.clear()
  })

  it('is closed as sealed, with its number, and its view is written', async () => {
    await sweep(archive)
    expect(state()).toMatchObject({
      status: 'closed',
      outcomes: [{ status: 'sealed', number: 1 }],
      receipts: { '2017-04-01': { attempt: expect.any(String) }, '2017-04-02': {} },
    })
    expect(viewed()).toBe('1')
    expect(manifests()).toHaveLength(1)
  })

  it('is closed as sealed even if its receipts are lost', async () => {
    for (const name of storage.stored.state.keys()) {
      if (name.includes('/plans/')) storage.stored.state.delete(name)
    }
    clock += 3 * HOUR
    await sweep(archive)
    await work()
    expect(state()).toMatchObject({ status: 'closed', outcomes: [{ status: 'sealed', number: 1 }] })
  })

  it('is not a failure past its deadline', async () => {
    clock += 5 * 24 * HOUR
    await sweep(archive)
    expect(state()).toMatchObject({ status: 'closed', outcomes: [{ status: 'sealed', number: 1 }] })
    expect(viewed()).toBe('1')
  })

  it('lets the next plan continue after it', async () => {
    await sweep(archive)
    clock += 24 * HOUR
    source.restate('201704', '2017-04-01', { etag: '"2"', pages: ['[{"cost":2.5}]'] })
    await openOrJoin(archive, usageDetails, series, due)
    await work()
    expect(state()).toMatchObject({ status: 'closed', outcomes: [{ number: 2 }, { number: 1 }] })
  })
})

describe('a plan that was committed by another version of the program', () => {
  it('is closed with the existing manifest, whatever its bytes', async () => {
    await openOrJoin(archive, usageDetails, series, due)
    const dying: Archive = {
      ...archive,
      view: {
        ...archive.view,
        head() {
          throw new ArchiveError('STORAGE_UNAVAILABLE', 'simulated: it dies here')
        },
      },
    }
    expect(await work(dying)).toHaveLength(1)
    expect(state().status).toBe('sealing')
    const name = manifestName(series, 1)
    const blob = storage.stored.snapshots.get(name) as MemoryBlob
    const bytes = canonicalJson({ ...JSON.parse(blob.bytes.toString()), one: 'field more' })
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    storage.stored.snapshots.set(name, { ...blob, bytes, metadata: { sha256 } })

    await sweep(archive)
    expect(state()).toMatchObject({ status: 'closed', outcomes: [{ status: 'sealed', number: 1 }] })
    const { metadata } = storage.stored.view.get(viewName(series)) as MemoryBlob
    expect(metadata).toMatchObject({ number: '1', manifest: sha256 })
  })
})

describe('a plan from whose data no snapshot can be made', () => {
  beforeEach(async () => {
    await openOrJoin(archive, usageDetails, series, due)
    await work(mortal())
    for (const [name, blob] of storage.stored.state) {
      if (!name.endsWith('2017-04-02.json')) continue
      const text = blob.bytes.toString().replace('"cost":"1.5"', '"cost":"no number"')
      storage.stored.state.set(name, { ...blob, bytes: Buffer.from(text) })
    }
  })

  it('fails by name before it is committed, and nothing is blocked', async () => {
    await sweep(archive)
    expect(manifests()).toEqual([])
    expect(state()).toMatchObject({
      status: 'closed',
      outcomes: [{ status: 'failed', number: null, failed: [{ part: 'all' }] }],
    })
    clock += 24 * HOUR
    source.restate('201704', '2017-04-02', { etag: '"2"', pages: ['[{"cost":2.5}]'] })
    await openOrJoin(archive, usageDetails, series, due)
    await work()
    expect(state()).toMatchObject({ status: 'closed', outcomes: [{ status: 'sealed' }, {}] })
  })
})

describe('receipts that were not sealed for hours', () => {
  beforeEach(async () => {
    await openOrJoin(archive, usageDetails, series, due)
    await work(mortal())
  })

  it('are fetched again, and not dated by the time of sealing', async () => {
    clock += 5 * HOUR
    await sweep(archive)
    expect(manifests()).toEqual([])
    await work()
    const bytes = storage.stored.snapshots.get(manifestName(series, 1))?.bytes ?? Buffer.alloc(0)
    const { takenAt, parts } = parseManifest(bytes, 'manifest')
    for (const { checkedAt } of parts) {
      expect(Date.parse(takenAt) - Date.parse(checkedAt)).toBeLessThanOrEqual(HOUR)
    }
  })

  it('are not a snapshot five days later, but the base of the next plan', async () => {
    clock += 5 * 24 * HOUR
    await sweep(archive)
    expect(manifests()).toEqual([])
    expect(state()).toMatchObject({
      status: 'closed',
      outcomes: [{ status: 'failed', failed: [{ code: 'NOT_DONE' }, { code: 'NOT_DONE' }] }],
      receipts: { '2017-04-01': {}, '2017-04-02': {} },
    })
    await openOrJoin(archive, usageDetails, series, due)
    await work()
    expect(manifests()).toHaveLength(1)
  })
})
