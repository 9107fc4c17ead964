import { atMost, type Figure, median, shown } from '../measure.ts'
import { monthOnHost } from './month-on-host.ts'
import { cpuSeconds } from './process-cpu.ts'

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
  const month = { rows, distinctRows: 10_000, env: { VIEW_FORMATS: formats } }
  const { before, after } = await monthOnHost(month, cpuSeconds)
  return before === null || after === null ? null : after - before
}
