/** Long parts, closed segment by segment, each with its own message, must result in the same archive. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { datasetNamed } from '../../shared/datasets/catalogue.ts'
import { columnsAt } from '../../shared/datasets/columns-at.ts'
import { usageDetails } from '../../shared/datasets/usage-details.ts'
import type { Deps } from '../../shared/deps.ts'
import { ALL_ROWS, rowSelector } from '../../shared/rows/select/row-selector.ts'
import { archivePart } from '../../shared/usecases/fetch/archive-part.ts'
import { archiveDataset } from '../../shared/usecases/plan/archive-dataset.ts'
import { sweep } from '../../shared/usecases/plan/sweep.ts'
import { newestSnapshot } from '../../shared/usecases/read/read-snapshots.ts'
import { NO_LIMITS, OLD_PAGE, START, servePage } from '../../shared/usecases/read/serve-rows.ts'
import { parseMessage } from '../../shared/usecases/state/part-message.ts'
import {
  type Stack,
  startStack,
  type TestArchive,
  withDay,
} from '../../testing/stack/archive-stack.ts'
import { type DeathAt, mortal } from '../../testing/stack/mortal.ts'
import {
  openArchive,
  type StoredArchive,
  type StoredManifest,
  sameness,
} from '../../testing/stack/read-archive.ts'

const DAY = '2017-04-01'
/** 2,184 rows on the one day of the month: three pages. */
const simulator = { day: DAY, months: 1, rowsPerDay: 3_634, prices: 100 }
/** Number of concurrent cases, which mostly wait. */
const CONCURRENCY = 6
/** `KILLS=all`: every write; otherwise a sample, another one each time, alternating `before` and `after`. */
const EVERY = process.env['KILLS'] === 'all' ? 1 : 11
const OFFSET = Math.floor(Math.random() * EVERY)
const SEGMENTS = { SEGMENT_ROWS: '1000' }
const SIZES = [1_000, 1_000, 184]
const SERIES = {
  source: 'ea-reporting',
  dataset: 'usagedetails',
  enrollment: '100',
  billingPeriod: '201704',
}
const DAY_ROUTE = `/v3/enrollments/100/usagedetailsbycustomdate?startTime=${DAY}&endTime=${DAY}`

let stack: Stack
const open: TestArchive[] = []

beforeAll(async () => {
  stack = await startStack()
})
afterEach(async () => {
  await Promise.all(open.splice(0).map((test) => test.close()))
})
afterAll(() => stack.close())

async function fresh(settings: Record<string, string> = {}): Promise<TestArchive> {
  const test = await stack.fresh({ simulator, settings })
  open.push(test)
  return test
}

function stored(test: TestArchive): StoredArchive {
  return openArchive(test.blobUrl, stack.services.credential)
}

async function usage(test: TestArchive) {
  const manifest = (await stored(test).newest()).get('usagedetails/201704')
  if (manifest === undefined) throw new Error('no snapshot of usage details')
  return manifest
}

function laterPages(test: TestArchive): number {
  return test.simulator.requests.filter((path) => path.includes('skiptoken')).length
}

/** Opens the plans of the day and queues their parts. */
async function plan(test: TestArchive): Promise<void> {
  const { archive } = withDay(test.deps, DAY)
  const signal = AbortSignal.timeout(60_000)
  await archiveDataset(archive, datasetNamed('billingperiods'), signal)
  while (await workOnNext(test, test.deps)) {}
  await archiveDataset(archive, datasetNamed('usagedetails'), signal)
}

/** Processes the next message as `host`; false if there is none. */
async function workOnNext(test: TestArchive, host: Deps): Promise<boolean> {
  const { receivedMessageItems } = await test.queue.receiveMessages({ visibilityTimeout: 1 })
  const item = receivedMessageItems[0]
  if (item === undefined) return false
  const body: unknown = JSON.parse(Buffer.from(item.messageText, 'base64').toString())
  await archivePart(withDay(host, DAY).archive, parseMessage(body), AbortSignal.timeout(60_000))
  await test.queue.deleteMessage(item.messageId, item.popReceipt)
  return true
}

describe('a long part', () => {
  it('is closed after a number of rows, and has the same content as a single file', async () => {
    const [whole, cut] = [await fresh(), await fresh(SEGMENTS)]
    await Promise.all([whole.run(), cut.run()])
    expect(await sameness(stored(cut))).toEqual(await sameness(stored(whole)))

    const [manifest] = (await usage(cut)).parts
    const rowsOf = (format: string) =>
      manifest?.files.filter((file) => file.format === format).map((file) => file.rows)
    expect(rowsOf('json')).toEqual(SIZES)
    expect(rowsOf('csv')).toEqual(SIZES)
    expect(rowsOf('index')).toEqual(SIZES)
    expect(await stored(cut).rows(await usage(cut))).toEqual([...cut.simulator.rows(DAY_ROUTE)])

    const view = 'csv/usagedetails/enrollment=100/period=201704/data.csv'
    const views = [whole, cut].map((test) => stored(test).bytes('billing-current', view))
    const [one, other] = await Promise.all(views)
    expect(other?.equals(one ?? Buffer.alloc(0))).toBe(true)
  })

  it('is closed after a time, at the next thousand', async () => {
    const test = await fresh({ PART_SECONDS: '0' })
    await test.run()
    const [part] = (await usage(test)).parts
    const files = part?.files.filter((file) => file.format === 'json') ?? []
    expect(files.map((file) => file.rows)).toEqual(SIZES)
  })

  it('is served page by page across its segments', async () => {
    const test = await fresh(SEGMENTS)
    await test.run()
    const { archive } = test.deps
    const snapshot = await newestSnapshot(archive.snapshots, SERIES)
    if (snapshot === null) throw new Error('no snapshot')
    const all = rowSelector(
      columnsAt(usageDetails, usageDetails.rowsVersion).layout,
      ALL_ROWS,
      'json',
    )
    const texts: string[] = []
    const sizes: number[] = []
    for (let next: typeof START | null = START; next !== null; ) {
      const page = await servePage(archive.snapshots, [snapshot], next, all, OLD_PAGE)
      texts.push(Buffer.concat(page.texts).toString())
      sizes.push(page.rows)
      next = page.next
    }
    expect(sizes).toEqual(SIZES)
    const whole = await servePage(archive.snapshots, [snapshot], START, all, NO_LIMITS)
    expect(texts.join(',')).toBe(Buffer.concat(whole.texts).toString())
    expect(JSON.parse(`[${texts.join(',')}]`)).toEqual(
      [...test.simulator.rows(DAY_ROUTE)].map((row) => JSON.parse(row) as unknown),
    )
  })

  it('costs one request when nothing has changed, and keeps its files', async () => {
    const test = await fresh(SEGMENTS)
    await test.run()
    const before = await usage(test)
    const before304 = test.simulator.requests.length
    await test.run()
    const paths = test.simulator.requests.slice(before304)
    expect(paths.filter((path) => path.includes('usagedetails'))).toHaveLength(1)
    expect(await usage(test)).toEqual(before)
  })

  it('that is restated between two segments starts over', async () => {
    const test = await fresh(SEGMENTS)
    await plan(test)
    await workOnNext(test, test.deps)
    test.simulator.setFaults([{ kind: 'restate', match: /skiptoken/, times: 1 }])
    while (await workOnNext(test, test.deps)) {}
    expect(await stored(test).rows(await usage(test))).toEqual([...test.simulator.rows(DAY_ROUTE)])
    expect(test.lines.some((line) => line.includes('part.restarted'))).toBe(true)
  })

  it('whose nextLink has expired between two segments starts over', async () => {
    const test = await fresh(SEGMENTS)
    await plan(test)
    await workOnNext(test, test.deps)
    test.simulator.setFaults([{ kind: 'status', status: 400, match: /skiptoken/, times: 1 }])
    while (await workOnNext(test, test.deps)) {}
    expect(await stored(test).rows(await usage(test))).toEqual([...test.simulator.rows(DAY_ROUTE)])
    expect(test.lines.some((line) => line.includes('part.restarted'))).toBe(true)
  })

  it('repeats one segment only, when its host was killed before or after any write', async () => {
    const reference = await fresh(SEGMENTS)
    await plan(reference)
    const counting = mortal(reference.deps, null)
    while (await workOnNext(reference, counting.deps)) {}
    const expected = await usage(reference)
    expect(counting.writes()).toBeGreaterThan(12)

    const moments = Array.from({ length: counting.writes() }, (_, i) => i + 1)
      .flatMap((write) => [
        { moment: 'before' as const, write },
        { moment: 'after' as const, write },
      ])
      .filter((_, i) => i % EVERY === OFFSET)
    const queue = moments.values()
    const worker = async (): Promise<void> => {
      for (const at of queue) await killedAt(at, reference, expected)
    }
    await Promise.all(Array.from({ length: CONCURRENCY }, worker))
  }, 600_000)
})

/** An archive whose host is killed at a moment, after which another host continues. */
async function killedAt(
  at: DeathAt,
  reference: TestArchive,
  { contentSha256, rowCount, totals }: StoredManifest,
): Promise<void> {
  const test = await stack.fresh({ simulator, settings: SEGMENTS })
  await plan(test)
  const host = mortal(test.deps, at)
  const work = async (): Promise<void> => {
    while (await workOnNext(test, host.deps)) {}
  }
  await Promise.race([work(), host.died])
  const next = test.host()
  for (;;) {
    if (await workOnNext(test, next)) continue
    const { approximateMessagesCount = 0 } = await test.queue.getProperties()
    if (approximateMessagesCount === 0) break
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  await sweep(withDay(next, DAY).archive)
  expect({ at, ...(await usage(test)) }).toMatchObject({ at, contentSha256, rowCount, totals })
  // A segment requests its own page, the next one, and the one after that ahead of time. Only the interrupted
  // segment does so again.
  expect(laterPages(test), JSON.stringify(at)).toBeLessThanOrEqual(laterPages(reference) + 3)
  await test.close()
}
