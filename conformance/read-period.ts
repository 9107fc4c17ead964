import { blocksOf, rowTexts } from '../shared/usecases/read/read-rows.ts'
import { newestSnapshot } from '../shared/usecases/read/read-snapshots.ts'
import { resolveSeries } from '../shared/usecases/resolve-series.ts'
import type { TestArchive } from '../testing/stack/archive-stack.ts'

/** The usage rows of the newest snapshot of a period, read directly from storage with `JSON.parse`. */
export async function readPeriod({ deps }: TestArchive, billingPeriod: string): Promise<string[]> {
  const { snapshots, sources } = deps.archive
  const named = { dataset: 'usagedetails', enrollment: '100', billingPeriod }
  const series = resolveSeries(sources, named)
  const newest = await newestSnapshot(snapshots, series)
  if (newest === null) throw new Error(`no snapshot of ${billingPeriod}`)
  const rows: string[] = []
  for await (const block of blocksOf(snapshots, newest.manifest)) {
    for (const row of rowTexts(await block.read())) {
      rows.push(JSON.stringify(JSON.parse(row.toString())))
    }
  }
  return rows
}
