import { BlobServiceClient } from '@azure/storage-blob'
import { daysOf, monthOf } from '../../local/simulator/months.ts'
import { containers } from '../../shared/format/layout.ts'
import { atLeast, exactly, type Figure, shown } from '../measure.ts'
import { type BenchStack, startBenchStack, timedRun } from './bench-stack.ts'
import type { PageSourceMessage } from './page-source.ts'
import { startStages } from './stage.ts'

const PAGE_SOURCE = new URL('./page-source.ts', import.meta.url)
const LATENCY_MS = 300

/** Every period is fetched by day, whatever its age. */
const BY_DAY = { SETTLEMENT_DAYS: '365' }

/**
 * A month by day, compared with a naive worker that processes one page after another, and with only reading
 * the pages one after another.
 */
export async function byDayFigures(say: (line: string) => void): Promise<Figure[]> {
  const month: PageSourceMessage = {
    day: '2017-05-31',
    months: 1,
    pagesPerDay: 10,
    rowsPerPage: 1_000,
    latencyMs: LATENCY_MS,
  }
  const stack = await startBenchStack(PAGE_SOURCE, month)
  const hosts = await stack.hosts(1, { ...BY_DAY, BUSINESS_DAY: month.day })
  await timedRun(stack, hosts, 'billingperiods')
  const oursMs = await timedRun(stack, hosts, 'usagedetails')
  await Promise.all(hosts.map((host) => host.stop()))
  say(`By day: ${seconds(oursMs)}; now one page after another`)
  const worker = await startStages(stack.env)
  const days = daysOf(monthOf(month.day), month.day)
  const sequential = await worker.run({ stage: 'naive', days, parallel: 1 })
  const reading = await worker.run({ stage: 'read', days, parallel: 1 })
  await worker.stop()
  await stack.close()
  say(
    `By day: one page after another ${seconds(sequential.wallMs)}, read only ${seconds(reading.wallMs)}`,
  )
  return [
    atLeast('by-day-vs-sequential', sequential.wallMs / oursMs, 8),
    shown('by-day-vs-reading-only', reading.wallMs / oursMs, 'times'),
    shown('by-day-rows', 310_000 / (oursMs / 1_000), 'rows/s'),
  ]
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`
}

/** Three months by day on one queue: with one host process, then with eight. */
export async function scaleOutFigures(say: (line: string) => void): Promise<Figure[]> {
  const quarter: PageSourceMessage = {
    day: '2017-06-30',
    months: 3,
    pagesPerDay: 10,
    rowsPerPage: 10,
    latencyMs: LATENCY_MS,
  }
  const times: number[] = []
  let sealedTwice = 0
  for (const count of [1, 8]) {
    const stack = await startBenchStack(PAGE_SOURCE, quarter)
    const env = {
      ...BY_DAY,
      BUSINESS_DAY: quarter.day,
      LOCAL_QUEUE_BATCH: '2',
      LOCAL_QUEUE_THRESHOLD: '2',
    }
    const hosts = await stack.hosts(count, env)
    await timedRun(stack, hosts, 'billingperiods')
    const ms = await timedRun(stack, hosts, 'usagedetails')
    say(`Scale out: ${count} hosts ${seconds(ms)}`)
    times.push(ms)
    sealedTwice += Math.abs((await manifests(stack)) - quarter.months)
    await stack.close()
  }
  return [
    atLeast('scale-out-8', (times[0] as number) / (times[1] as number), 6),
    exactly('scale-out-sealed-wrongly', sealedTwice, 0, 'series'),
  ]
}

/** Manifests of usage details: one per series, if each was sealed once. */
async function manifests({ services }: BenchStack): Promise<number> {
  const storage = new BlobServiceClient(services.azurite.blobUrl, services.credential)
  const blobs = storage.getContainerClient(containers.snapshots).listBlobsFlat()
  let count = 0
  for await (const { name } of blobs) {
    if (name.includes('/usagedetails/') && name.includes('/snapshots/')) count++
  }
  return count
}
