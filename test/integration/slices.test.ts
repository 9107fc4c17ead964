/** A month in slices on the real storage clients, with many open files. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { usageDetails } from '../../shared/datasets/usage-details.ts'
import type { Series } from '../../shared/format/series.ts'
import { slicesOf } from '../../shared/format/slices.ts'
import type { Archive } from '../../shared/usecases/archive.ts'
import { archivePart } from '../../shared/usecases/fetch/archive-part.ts'
import { openOrJoin } from '../../shared/usecases/plan/open-or-join.ts'
import { newestSnapshot, type Snapshot } from '../../shared/usecases/read/read-snapshots.ts'
import { parseMessage } from '../../shared/usecases/state/part-message.ts'
import { verifyArchive } from '../../shared/usecases/verify/verify-archive.ts'
import { FAKE, fakeSource } from '../../testing/sources/fake-source.ts'
import { type Stack, startStack, type TestArchive } from '../../testing/stack/archive-stack.ts'

/** A report of March; its rows have no day of other months. A host slices two reports at once. */
const PERIODS = ['201701', '201702', '201703']
const DAYS = 8
const ROWS = 308

let stack: Stack
let test: TestArchive
let archive: Archive
let text = ''

beforeAll(async () => {
  stack = await startStack()
  test = await stack.fresh()
  const { source } = fakeSource(() => text, 0, { isSliced: true })
  archive = { ...test.deps.archive, sources: [source] }
})
afterAll(async () => {
  await test.close()
  await stack.close()
})

function seriesOf(billingPeriod: string): Series {
  return { source: FAKE, dataset: 'usagedetails', enrollment: '100', billingPeriod }
}

/** Used for all months. */
function report(changed = ''): string {
  const rows = Array.from({ length: ROWS }, (_, i) => {
    const date = `2017-03-${String((i % DAYS) + 1).padStart(2, '0')}`
    return `${date},${i}.25,${'x'.repeat(1_000)}${(i * 7_919) % ROWS}`
  })
  return ['date,cost,tags', ...rows, changed].join('\n')
}

async function run(): Promise<Snapshot[]> {
  const messages: string[] = []
  const queued = { ...archive, queue: { send: async (body: string) => void messages.push(body) } }
  const plan = { parts: ['all'], settled: true }
  for (const billingPeriod of PERIODS) {
    await openOrJoin(queued, usageDetails, seriesOf(billingPeriod), { ...plan, billingPeriod })
  }
  const work = messages.map((body) =>
    archivePart(queued, parseMessage(JSON.parse(body)), AbortSignal.timeout(60_000)),
  )
  await Promise.all(work)
  const newest = PERIODS.map((period) => newestSnapshot(archive.snapshots, seriesOf(period)))
  return (await Promise.all(newest)).filter((snapshot) => snapshot !== null)
}

const slicesIn = ({ manifest }: Snapshot) => slicesOf(manifest.parts[0]?.files ?? [])

it('is archived, and writes the files of one day when one day changes', async () => {
  text = report()
  const first = await run()
  expect(first.map((snapshot) => slicesIn(snapshot).length)).toEqual([1, 1, DAYS])
  expect(first.map(({ manifest }) => manifest.rowCount)).toEqual([ROWS, ROWS, ROWS])
  text = report('2017-03-08,1,new')
  const second = await run()
  const [before, after] = [first, second].map((each) => slicesIn(each[2] as Snapshot))
  const isKept = after?.map(
    (slice, i) => slice.segments[0]?.csv.path === before?.[i]?.segments[0]?.csv.path,
  )
  expect(isKept).toEqual([...Array.from({ length: DAYS - 1 }, () => true), false])
  const { faults, leftovers } = await verifyArchive(archive, { isDeep: false, anchor: null })
  expect({ faults, leftovers }).toEqual({ faults: [], leftovers: 0 })
})
