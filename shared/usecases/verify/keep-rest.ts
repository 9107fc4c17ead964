import { seriesFolder, seriesOf } from '../../format/layout.ts'
import type { Series } from '../../format/series.ts'
import type { StateStore } from '../../storage/ports.ts'
import type { Fault } from './fault.ts'
import { addFaults, keepArchiveResult } from './kept-result.ts'
import type { Verification } from './verify-archive.ts'

/** Stores faults found outside the series checks: with the series concerned, or with the archive. */
export async function keepRest(
  archive: { readonly state: StateStore },
  { beside, ledgers }: Verification,
): Promise<void> {
  const ofSeries = new Map<string, { series: Series; faults: Fault[] }>()
  const others: Fault[] = []
  for (const fault of beside) {
    const series = seriesOf(fault.blob)
    if (series === null) {
      others.push(fault)
      continue
    }
    const entry = ofSeries.get(seriesFolder(series)) ?? { series, faults: [] }
    entry.faults.push(fault)
    ofSeries.set(seriesFolder(series), entry)
  }
  for (const { series, faults } of ofSeries.values()) await addFaults(archive, series, faults)
  await keepArchiveResult(archive, others, ledgers.oldest)
}
