/** A loss of many rows is accepted only after a second fetch, an hour later by storage's clock. */
import { beforeEach, describe, expect, it } from 'vitest'
import { usageDetails } from '../../shared/datasets/usage-details.ts'
import { planName } from '../../shared/format/layout.ts'
import type { Series } from '../../shared/format/series.ts'
import { parseState, type SeriesState } from '../../shared/format/series-state.ts'
import type { Archive } from '../../shared/usecases/archive.ts'
import { archivePart } from '../../shared/usecases/fetch/archive-part.ts'
import { archiveDataset } from '../../shared/usecases/plan/archive-dataset.ts'
import { sweep } from '../../shared/usecases/plan/sweep.ts'
import { parseMessage } from '../../shared/usecases/state/part-message.ts'
import { quietArchive } from '../../testing/simulation/memory-archive.ts'
import type { MemoryStorage } from '../../testing/simulation/memory-storage.ts'
import type { SimulatedSource } from '../../testing/simulation/source.ts'

const PERIOD = '201704'
const DAY = '2017-04-01'
const HOUR = 3_600_000
const signal = new AbortController().signal
const series: Series = {
  source: 'ea-reporting',
  dataset: 'usagedetails',
  enrollment: '100',
  billingPeriod: PERIOD,
}

let clock: number
let storage: MemoryStorage
let source: SimulatedSource
let archive: Archive

const rows = (count: number): string =>
  `[${Array.from({ length: count }, (_, i) => `{"cost":${i}.5}`).join(',')}]`

beforeEach(() => {
  clock = Date.parse('2017-04-01T03:00:00Z')
  const period = { id: PERIOD, firstDay: DAY, lastDay: DAY, datasets: ['usagedetails'] }
  ;({ storage, source, archive } = quietArchive(() => clock, DAY, [period], rows(10)))
})

async function work(): Promise<void> {
  const { messages } = storage.stored
  for (let next = messages.shift(); next !== undefined; next = messages.shift()) {
    await archivePart(archive, parseMessage(JSON.parse(next.body)), signal)
  }
}

async function run(): Promise<void> {
  await archiveDataset(archive, usageDetails, signal)
  await work()
}

function state(): SeriesState {
  const bytes = storage.stored.state.get(planName(series))?.bytes
  return parseState(bytes ?? Buffer.alloc(0), 'plan.json')
}

/** Row counts of the existing snapshots. */
function snapshots(): number[] {
  return [...storage.stored.snapshots]
    .filter(([name]) => name.includes('/snapshots/'))
    .map(([, blob]) => (JSON.parse(blob.bytes.toString()) as { rowCount: number }).rowCount)
}

describe('a series that loses more than SHRINK_ALERT of its rows', () => {
  beforeEach(async () => {
    await run()
    clock += 24 * HOUR
    source.restate(PERIOD, DAY, { etag: '"2"', pages: [rows(0)] })
    await run()
  })

  it('is not sealed: the plan waits and says why', () => {
    expect(snapshots()).toEqual([10])
    const waiting = state()
    expect(waiting.status === 'open' && waiting.plan.shrunk).toMatchObject({ rowCount: 0, was: 10 })
  })

  it('is sealed if an unconditional fetch an hour later gives the same', async () => {
    clock += HOUR / 2
    await sweep(archive)
    expect(storage.stored.messages).toEqual([])
    clock += HOUR
    await sweep(archive)
    await work()
    expect(snapshots()).toEqual([10, 0])
    expect(state().outcomes[0]).toMatchObject({ status: 'sealed', number: 2 })
  })

  it('keeps its rows if they are back an hour later', async () => {
    source.restate(PERIOD, DAY, { etag: '"1"', pages: [rows(10)] })
    clock += 2 * HOUR
    await sweep(archive)
    await work()
    expect(snapshots()).toEqual([10])
    expect(state().outcomes[0]).toMatchObject({ status: 'unchanged', number: 1 })
  })

  it('is sealed if rows are still missing an hour later, even if they differ', async () => {
    source.restate(PERIOD, DAY, { etag: '"3"', pages: [rows(1)] })
    clock += 2 * HOUR
    await sweep(archive)
    await work()
    expect(snapshots()).toEqual([10, 1])
    expect(state().outcomes[0]).toMatchObject({ status: 'sealed', number: 2 })
  })

  it('is sealed within a day although an open period changes every hour', async () => {
    for (let hour = 1; hour <= 24; hour++) {
      clock += HOUR
      const pages = [`[{"cost":${hour}.25}]`]
      source.restate(PERIOD, DAY, { etag: `"hour-${hour}"`, pages })
      await sweep(archive)
      await work()
    }
    expect(snapshots()).toEqual([10, 1])
  })

  it('is closed as failed at the deadline if nothing confirms it, and is fetched again', async () => {
    source.gone.add(`${PERIOD}/${DAY}`)
    clock += 2 * HOUR
    await sweep(archive)
    await work()
    clock += 24 * HOUR
    await sweep(archive)
    expect(state().outcomes[0]).toMatchObject({
      status: 'failed',
      failed: [{ part: DAY, code: 'SOURCE_NOT_FOUND' }],
    })
    expect(snapshots()).toEqual([10])
    source.gone.clear()
    await run()
    expect(state().status).toBe('open')
  })
})

describe('a series that loses few of its rows', () => {
  it('is sealed at once', async () => {
    await run()
    clock += 24 * HOUR
    source.restate(PERIOD, DAY, { etag: '"2"', pages: [rows(8)] })
    await run()
    expect(snapshots()).toEqual([10, 8])
  })
})
