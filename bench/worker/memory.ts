import { atMost, type Figure } from '../measure.ts'
import { monthOnHost } from './month-on-host.ts'
import { peakRssMib } from './process-memory.ts'

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
  const { after: peak, ms } = await monthOnHost({ rows, distinctRows: 500 }, peakRssMib)
  const seconds = (ms / 1_000).toFixed(1)
  say(`Memory: ${rows} rows in ${seconds} s, ${peak?.toFixed(0) ?? 'unknown'} MiB peak`)
  return peak
}
