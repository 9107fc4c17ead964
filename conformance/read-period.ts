import { newestAnswer } from '../shared/usecases/read/answering-series.ts'
import { blocksOf, rowTexts } from '../shared/usecases/read/read-rows.ts'
import type { TestArchive } from '../testing/stack/archive-stack.ts'

/** The usage rows of the newest snapshot of a period, read directly from storage with `JSON.parse`. */
export async function readPeriod({ deps }: TestArchive, billingPeriod: string): Promise<string[]> {
  const { archive } = deps
  const newest = await newestAnswer(archive, {
    dataset: 'usagedetails',
    enrollment: '100',
    billingPeriod,
  })
  if (newest === null) throw new Error(`no snapshot of ${billingPeriod}`)
  const rows: string[] = []
  for await (const block of blocksOf(archive.snapshots, newest.manifest)) {
    for (const row of rowTexts(await block.read())) {
      rows.push(JSON.stringify(JSON.parse(row.toString())))
    }
  }
  return rows
}
