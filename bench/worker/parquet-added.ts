import type { SimulatorMessage } from '../../local/simulator/main.ts'
import { atMost, type Figure, median, shown } from '../measure.ts'
import { startBenchStack, timedRun } from './bench-stack.ts'
import { cpuSeconds } from './process-cpu.ts'

const SIMULATOR = new URL('../../local/simulator/main.ts', import.meta.url)
const DAY = '2017-05-31'

/** CPU time of the function host for a month fetched by day, with Parquet in the view and without. */
export async function parquetAddedFigures(
  rows: number,
  rounds: number,
  say: (line: string) => void,
): Promise<Figure[]> {
  const [without, both]: [number[], number[]] = [[], []]
  for (let round = 0; round < rounds; round++) {
    const one = await cpuOf(rows, 'csv')
    const two = await cpuOf(rows, 'csv,parquet')
    if (one === null || two === null) return [atMost('parquet-added-cpu', null, 0.3)]
    say(`Parquet added: CPU ${one.toFixed(1)} s without, ${two.toFixed(1)} s with`)
    without.push(one)
    both.push(two)
  }
  const added = median(both) - median(without)
  return [
    atMost('parquet-added-cpu', added / median(without), 0.3),
    shown('parquet-added-cpu-per-million', (added / rows) * 1_000_000, 's'),
  ]
}

async function cpuOf(rows: number, formats: string): Promise<number | null> {
  const bill: Omit<SimulatorMessage, 'key'> = {
    seed: 1,
    months: 1,
    rowsPerDay: Math.ceil(rows / 31),
    distinctRows: 10_000,
    enrollments: ['100'],
    day: DAY,
    port: 0,
  }
  const stack = await startBenchStack(SIMULATOR, bill)
  const env = { SETTLEMENT_DAYS: '365', BUSINESS_DAY: DAY, VIEW_FORMATS: formats }
  const hosts = await stack.hosts(1, env)
  await timedRun(stack, hosts, 'billingperiods')
  const pid = hosts[0]?.process.pid
  const before = cpuSeconds(pid)
  await timedRun(stack, hosts, 'usagedetails')
  const after = cpuSeconds(pid)
  await stack.close()
  return before === null || after === null ? null : after - before
}
