import type { SimulatorMessage } from '../../local/simulator/main.ts'
import { atMost, type Figure } from '../measure.ts'
import { startBenchStack, timedRun } from './bench-stack.ts'
import { peakRssMib } from './process-memory.ts'

const SIMULATOR = new URL('../../local/simulator/main.ts', import.meta.url)
const DAY = '2017-05-31'

/** Memory of the function host only, for a month fetched by day at host.json's concurrency. */
export async function memoryFigures(
  rows: readonly [few: number, many: number],
  say: (line: string) => void,
): Promise<Figure[]> {
  const [few, many] = [await peakAt(rows[0], say), await peakAt(rows[1], say)]
  return [
    atMost('rss-growth', few === null || many === null ? null : many / few, 1.15),
    atMost('peak-rss-mib', many, 300, 'MiB'),
  ]
}

async function peakAt(rows: number, say: (line: string) => void): Promise<number | null> {
  const bill: Omit<SimulatorMessage, 'key'> = {
    seed: 1,
    months: 1,
    rowsPerDay: Math.ceil(rows / 31),
    distinctRows: 500,
    enrollments: ['100'],
    day: DAY,
    port: 0,
  }
  const stack = await startBenchStack(SIMULATOR, bill)
  const hosts = await stack.hosts(1, { SETTLEMENT_DAYS: '365', BUSINESS_DAY: DAY })
  await timedRun(stack, hosts, 'billingperiods')
  const ms = await timedRun(stack, hosts, 'usagedetails')
  const peak = peakRssMib(hosts[0]?.process.pid)
  await stack.close()
  const seconds = (ms / 1_000).toFixed(1)
  say(`Memory: ${rows} rows in ${seconds} s, ${peak?.toFixed(0) ?? 'unknown'} MiB peak`)
  return peak
}
