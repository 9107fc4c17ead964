/** Long parts, closed segment by segment, each with its own message, must result in the same archive. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { datasetNamed } from '../../shared/datasets/catalogue.ts'
import { columnsAt } from '../../shared/datasets/columns-at.ts'
import { usageDetails } from '../../shared/datasets/usage-details.ts'
import { ALL_ROWS, rowSelector } from '../../shared/rows/select/row-selector.ts'
import { archiveDataset } from '../../shared/usecases/plan/archive-dataset.ts'
import { sweep } from '../../shared/usecases/plan/sweep.ts'
import { newestSnapshot } from '../../shared/usecases/read/read-snapshots.ts'
import { NO_LIMITS, OLD_PAGE, START, servePage } from '../../shared/usecases/read/serve-rows.ts'
import { type Stack, startStack, withDay } from '../../testing/stack/archive-stack.ts'
import { freshInMemory, type MemoryArchive } from '../../testing/stack/memory-stack.ts'
import { type DeathAt, mortal } from '../../testing/stack/mortal.ts'
import { type StoredManifest, sameness } from '../../testing/stack/read-archive.ts'

const DAY = '2017-04-01'
/** 2,184 rows on the one day of the month: three pages. */
const simulator = { day: DAY, months: 1, rowsPerDay: 3_634, prices: 100 }
/** `KILLS=all`: every write; otherwise a sample, another one each time, alternating `before` and `after`. */
const EVERY = process.env['KILLS'] === 'all' ? 1 : 5
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
const open: MemoryArchive[] = []

beforeAll(async () => {
  stack = await startStack()
})
afterEach(async () => {
  await Promise.all(open.splice(0).map((test) => test.close()))
})
afterAll(() => stack.close())

async function fresh(settings: Record<string, string> = {}): Promise<MemoryArchive> {
  const test = await freshInMemory(stack, { simulator, settings })
  open.push(test)
  return test
}

async function usage(test: MemoryArchive) {
  const manifest = (await test.stored.newest()).get('usagedetails/201704')
  if (manifest === undefined) throw new Error('no snapshot of usage details')
  return manifest
}

function laterPages(test: MemoryArchive): number {
  return test.simulator.requests.filter((path) => path.includes('skiptoken')).length
}

/** Opens the plans of the day and queues their parts. */
async function plan(test: MemoryArchive): Promise<void> {
  const { archive } = withDay(test.deps, DAY)
  const signal = AbortSignal.timeout(60_000)
  await archiveDataset(archive, datasetNamed('billingperiods'), signal)
  while (await test.workOnNext(test.deps, DAY)) {}
  await archiveDataset(archive, datasetNamed('usagedetails'), signal)
}

describe('a long part', () => {
  it('is closed after a number of rows, and has the same content as a single file', async () => {
    const [whole, cut] = [await fresh(), await fresh(SEGMENTS)]
    await Promise.all([whole.run(), cut.run()])
    expect(await sameness(cut.stored)).toEqual(await sameness(whole.stored))

    const [manifest] = (await usage(cut)).parts
    const rowsOf = (format: string) =>
      manifest?.files.filter((file) => file.format === format).map((file) => file.rows)
    expect(rowsOf('json')).toEqual(SIZES)
    expect(rowsOf('csv')).toEqual(SIZES)
    expect(rowsOf('index')).toEqual(SIZES)
    expect(await cut.stored.rows(await usage(cut))).toEqual([...cut.simulator.rows(DAY_ROUTE)])

    const view = 'csv/usagedetails/enrollment=100/period=201704/data.csv'
    const views = [whole, cut].map((test) => test.stored.bytes('billing-current', view))
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
    await test.workOnNext(test.deps, DAY)
    test.simulator.setFaults([{ kind: 'restate', match: /skiptoken/, times: 1 }])
    while (await test.workOnNext(test.deps, DAY)) {}
    expect(await test.stored.rows(await usage(test))).toEqual([...test.simulator.rows(DAY_ROUTE)])
    expect(test.lines.some((line) => line.includes('part.restarted'))).toBe(true)
  })

  it('whose nextLink has expired between two segments starts over', async () => {
    const test = await fresh(SEGMENTS)
    await plan(test)
    await test.workOnNext(test.deps, DAY)
    test.simulator.setFaults([{ kind: 'status', status: 400, match: /skiptoken/, times: 1 }])
    while (await test.workOnNext(test.deps, DAY)) {}
    expect(await test.stored.rows(await usage(test))).toEqual([...test.simulator.rows(DAY_ROUTE)])
    expect(test.lines.some((line) => line.includes('part.restarted'))).toBe(true)
  })

  it('repeats one segment only, when its host was killed before or after any write', async () => {
    const reference = await fresh(SEGMENTS)
    await plan(reference)
    const counting = mortal(reference.deps, null)
    while (await reference.workOnNext(counting.deps, DAY)) {}
    const expected = await usage(reference)
    expect(counting.writes()).toBeGreaterThan(12)

    const moments = Array.from({ length: counting.writes() }, (_, i) => i + 1)
      .flatMap((write) => [
        { moment: 'before' as const, write },
        { moment: 'after' as const, write },
      ])
      .filter((_, i) => i % EVERY === OFFSET)
    for (const at of moments) await killedAt(at, reference, expected)
  }, 600_000)
})

/** An archive whose host is killed at a moment, after which another host continues. */
async function killedAt(
  at: DeathAt,
  reference: MemoryArchive,
  { contentSha256, rowCount, totals }: StoredManifest,
): Promise<void> {
  const test = await freshInMemory(stack, { simulator, settings: SEGMENTS })
  await plan(test)
  const host = mortal(test.deps, at)
  const work = async (): Promise<void> => {
    while (await test.workOnNext(host.deps, DAY)) {}
  }
  await Promise.race([work(), host.died])
  const next = test.host()
  test.endLeases()
  while (await test.workOnNext(next, DAY)) {}
  await sweep(withDay(next, DAY).archive)
  expect({ at, ...(await usage(test)) }).toMatchObject({ at, contentSha256, rowCount, totals })
  // A segment requests its own page, the next one, and the one after that ahead of time. Only the interrupted
  // segment does so again.
  expect(laterPages(test), JSON.stringify(at)).toBeLessThanOrEqual(laterPages(reference) + 3)
  await test.close()
}
