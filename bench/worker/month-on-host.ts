import type { SimulatorMessage } from '../../local/simulator/main.ts'
import { startBenchStack, timedRun } from './bench-stack.ts'

const SIMULATOR = new URL('../../local/simulator/main.ts', import.meta.url)
const DAY = '2017-05-31'

interface Month {
  readonly rows: number
  /** Rows that differ; the others repeat them. */
  readonly distinctRows: number
  readonly env?: Readonly<Record<string, string>>
}

/**
 * Archives a month of usage details by day on one function host, at host.json's concurrency. `probe` is called with the
 * host's process before and after; its answers are returned with the time in milliseconds.
 */
export async function monthOnHost<T>(
  { rows, distinctRows, env = {} }: Month,
  probe: (pid: number | undefined) => T,
): Promise<{ readonly before: T; readonly after: T; readonly ms: number }> {
  const bill: Omit<SimulatorMessage, 'key'> = {
    seed: 1,
    months: 1,
    rowsPerDay: Math.ceil(rows / 31),
    distinctRows,
    enrollments: ['100'],
    day: DAY,
    port: 0,
  }
  const stack = await startBenchStack(SIMULATOR, bill)
  const hosts = await stack.hosts(1, { SETTLEMENT_DAYS: '365', BUSINESS_DAY: DAY, ...env })
  await timedRun(stack, hosts, 'billingperiods')
  const pid = hosts[0]?.process.pid
  const before = probe(pid)
  const ms = await timedRun(stack, hosts, 'usagedetails')
  const after = probe(pid)
  await stack.close()
  return { before, after, ms }
}
