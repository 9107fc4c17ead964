/** A bad list, state or manifest is reported by name and affects no other series. */

import { gzipSync } from 'node:zlib'
import { beforeEach, describe, expect, it } from 'vitest'
import { billingPeriods } from '../../shared/datasets/billing-periods.ts'
import { usageDetails } from '../../shared/datasets/usage-details.ts'
import { ArchiveError } from '../../shared/errors.ts'
import { manifestName, planName } from '../../shared/format/layout.ts'
import type { Series } from '../../shared/format/series.ts'
import { parseBillingPeriods } from '../../shared/sources/ea-reporting/billing-periods.ts'
import type { Archive } from '../../shared/usecases/archive.ts'
import { archivePart } from '../../shared/usecases/fetch/archive-part.ts'
import { archiveDataset } from '../../shared/usecases/plan/archive-dataset.ts'
import { listPeriods } from '../../shared/usecases/plan/list-periods.ts'
import { sweep } from '../../shared/usecases/plan/sweep.ts'
import { writeLedger } from '../../shared/usecases/seal/write-ledger.ts'
import { parseMessage } from '../../shared/usecases/state/part-message.ts'
import { archiveStatus } from '../../shared/usecases/status/archive-status.ts'
import { checkHealth } from '../../shared/usecases/status/check-health.ts'
import { quietArchive } from '../../testing/simulation/memory-archive.ts'
import type {
  MemoryBlob,
  MemoryContainer,
  MemoryStorage,
} from '../../testing/simulation/memory-storage.ts'
import type { SimulatedSource } from '../../testing/simulation/source.ts'
import { onlySource, withParsedPeriods, withSource } from '../../testing/sources/changed-source.ts'

const HOUR = 3_600_000
const MONTHS = ['201704', '201703', '201702', '201701']
const signal = new AbortController().signal
const seriesOf = (billingPeriod: string): Series => ({
  source: 'ea-reporting',
  dataset: 'usagedetails',
  enrollment: '100',
  billingPeriod,
})
const list: Series = { ...seriesOf('all'), dataset: 'billingperiods' }

let clock: number
let storage: MemoryStorage
let source: SimulatedSource
let archive: Archive

beforeEach(() => {
  clock = Date.parse('2017-04-02T03:00:00Z')
  const periods = MONTHS.map((id) => {
    const month = `${id.slice(0, 4)}-${id.slice(4)}`
    const days = { firstDay: `${month}-01`, lastDay: `${month}-02` }
    return { id, ...days, datasets: ['usagedetails'] }
  })
  ;({ storage, source, archive } = quietArchive(
    () => clock,
    '2017-04-02',
    periods,
    '[{"cost":1.5}]',
  ))
})

async function work(): Promise<string[]> {
  const done: string[] = []
  const { messages } = storage.stored
  for (let next = messages.shift(); next !== undefined; next = messages.shift()) {
    const message = parseMessage(JSON.parse(next.body))
    await archivePart(archive, message, signal)
    done.push(message.series.billingPeriod)
  }
  return [...new Set(done)]
}

const timer = (): Promise<unknown> =>
  archiveDataset(archive, usageDetails, signal).then(
    () => null,
    (error: unknown) => error,
  )

function spoil(blobs: MemoryContainer, name: string, text = '{"format":"?"}'): void {
  const blob = blobs.get(name) as MemoryBlob
  blobs.set(name, { ...blob, bytes: Buffer.from(text) })
}

const healthOf = async (billingPeriod: string) =>
  (await checkHealth(archive, ['100'])).find((each) => each.billingPeriod === billingPeriod)

describe('a series whose state can not be read', () => {
  beforeEach(async () => {
    await timer()
    await work()
    clock += 24 * HOUR
    spoil(storage.stored.state, planName(seriesOf('201703')))
  })

  it('does not keep other series of its enrollment from being queued, and is named', async () => {
    expect(await timer()).toMatchObject({
      code: 'FORMAT_INVALID',
      message: expect.stringContaining('usagedetails 100 201703: '),
    })
    expect(await work()).toEqual(['201704', '201702', '201701'])
  })

  it('does not keep others from being swept', async () => {
    await timer()
    storage.stored.messages.length = 0
    clock += 3 * HOUR
    await expect(sweep(archive)).rejects.toMatchObject({
      message: expect.stringContaining('usagedetails 100 201703: '),
    })
    expect(await work()).toEqual(expect.arrayContaining(['201704', '201702', '201701']))
  })

  it('is failed in health, with its number, and the others have their own state', async () => {
    expect(await healthOf('201703')).toMatchObject({
      status: 'failed',
      number: 1,
      failed: [{ part: 'all', code: 'FORMAT_INVALID' }],
    })
    expect(await healthOf('201702')).toMatchObject({ status: 'archived', failed: [] })
  })
})

describe('a series whose newest manifest can not be read', () => {
  beforeEach(async () => {
    await timer()
    await work()
    spoil(storage.stored.snapshots, manifestName(seriesOf('201703'), 1))
  })

  it('is recorded by the ledger like every other', async () => {
    const { ledger } = await writeLedger(archive)
    expect(ledger.entries).toHaveLength(MONTHS.length)
  })

  it('does not keep others from being planned, even if its state is lost as well', async () => {
    storage.stored.state.clear()
    expect(await timer()).toMatchObject({ message: expect.stringContaining('201703') })
    expect(await work()).toEqual(['201704', '201702', '201701'])
  })
})

describe('results that can not be read', () => {
  it('are treated as missing', async () => {
    await timer()
    await work()
    const folder = 'balancesummary/enrollment=100/period=201703'
    const blob = { bytes: Buffer.from('{}'), etag: '"1"', metadata: {}, createdAt: new Date() }
    const { state, snapshots } = storage.stored
    snapshots.set(`ea-reporting/${folder}/parts/all/0123456789.csv`, blob)
    state.set('reconciliation/enrollment=100/period=201703.json', blob)
    state.set(`verification/ea-reporting/${folder}/result.json`, blob)
    const keyRing = { keys: async () => [], forget() {}, expiries: async () => [] } as never
    const status = await archiveStatus({ ...archive, keyRing }, ['100']).catch((e: unknown) => e)
    expect(status).toMatchObject({ reconciliations: [], series: expect.any(Array) })
  })
})

describe('a list of billing periods', () => {
  const row = (id: string, end: string | null = `${id.slice(0, 4)}-${id.slice(4)}-28`) => ({
    billingPeriodId: id,
    billingStart: `${id.slice(0, 4)}-${id.slice(4)}-01`,
    billingEnd: end,
    usageDetails: '/v3/x',
  })

  /** Archives a list as the source sends it, with the real parser. */
  async function archiveList(rows: unknown[]): Promise<void> {
    const text = `[${rows.map((each) => JSON.stringify(each)).join('\n,')}\n]\n`
    archive = withParsedPeriods(archive, parseBillingPeriods)
    await archiveDataset(archive, billingPeriods, signal)
    await work()
    // The simulated source only has usage rows, so the list replaces them.
    const { snapshots } = storage.stored
    const newest = [...snapshots.keys()].filter((name) => name.startsWith(manifestFolder)).at(-1)
    const manifest = JSON.parse(snapshots.get(newest ?? '')?.bytes.toString() ?? '{}') as {
      parts: { files: { path: string }[] }[]
    }
    const path = manifest.parts[0]?.files[0]?.path ?? ''
    const blob = snapshots.get(path) as MemoryBlob
    snapshots.set(path, { ...blob, bytes: gzipSync(text) })
  }
  const manifestFolder = 'ea-reporting/billingperiods/enrollment=100/period=all/snapshots/'

  it('with a bad row is used except for that row, and health says which row and why', async () => {
    await archiveList([row('201704', null), row('201703')])
    expect(
      (await listPeriods(archive, onlySource(archive), '100', signal)).map(({ id }) => id),
    ).toEqual(['201703'])
    const health = await healthOf('all')
    expect(health?.status).not.toBe('failed')
    expect(health?.drift).toContainEqual(expect.stringContaining('billingEnd of 201704 is null'))
  })

  it('without a valid row is not used: the last good one is, and that is reported', async () => {
    await archiveList([row('201704'), row('201703')])
    // The next list is different, so it has its own files.
    clock += 24 * HOUR
    source.restate('all', 'all', { etag: '"next"', pages: ['[{"cost":9.5}]'] })
    await archiveList([row('201704', null), row('2017-03')])
    expect(
      (await listPeriods(archive, onlySource(archive), '100', signal)).map(({ id }) => id),
    ).toEqual(['201704', '201703'])
    const health = await healthOf('all')
    expect(health?.drift).toContainEqual(expect.stringContaining('list 1 is used'))
    expect(await healthOf('201704')).toMatchObject({ listed: true })
  })

  it('without any good list is a failure of that enrollment, by name, in health and in the timer', async () => {
    await archiveList([row('2017-04')])
    const refuses = async (): Promise<never> => {
      throw new ArchiveError('SOURCE_BAD_VALUE', 'no row is a billing period')
    }
    archive = withSource(archive, { listPeriods: refuses })
    expect(await timer()).toMatchObject({ message: expect.stringContaining('usagedetails 100: ') })
    expect(await healthOf('all')).toMatchObject({
      dataset: list.dataset,
      enrollment: '100',
      status: 'failed',
      failed: [{ code: 'SOURCE_BAD_VALUE' }],
    })
  })

  it('that is bad at the source while the archived one is old does not stop the plans', async () => {
    await archiveList([row('201704'), row('201703')])
    clock += 48 * HOUR
    const refuses = async (): Promise<never> => {
      throw new ArchiveError('SOURCE_BAD_VALUE', 'no row is a billing period')
    }
    archive = withSource(archive, { listPeriods: refuses })
    expect(await timer()).toBeNull()
    expect(await work()).toEqual(['201704', '201703'])
  })

  it('whose file is damaged does not make health throw', async () => {
    await archiveList([row('201704')])
    for (const name of storage.stored.snapshots.keys()) {
      if (name.includes('billingperiods') && name.endsWith('.json.gz')) {
        spoil(storage.stored.snapshots, name, 'no gzip')
      }
    }
    expect(await healthOf('all')).toMatchObject({ status: 'failed' })
  })
})
