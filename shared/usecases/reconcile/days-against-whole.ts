import { type Manifest, seriesOfManifest } from '../../format/manifest.ts'
import { NumberText, parseExactly } from '../../rows/scan/exact-json.ts'
import type { BlobReader } from '../../storage/ports.ts'
import { diffSnapshots } from '../read/diff-snapshots.ts'
import { readSnapshot } from '../read/read-snapshots.ts'
import type { Reconciliation } from './reconciliation.ts'

/** How many of the rows that only one side has are shown. */
const SHOWN_ROWS = 10

/** At settlement: the days as last fetched, compared with the period as a whole. Null before. */
export async function daysAgainstWhole(
  snapshots: BlobReader,
  newest: Manifest,
): Promise<Reconciliation['days'][number] | null> {
  if (!newest.settled) return null
  const { dataset } = newest
  const series = seriesOfManifest(newest)
  let whole = newest
  for (let number = newest.number - 1; number >= 1; number--) {
    const before = await readSnapshot(snapshots, series, number)
    if (before === null) return null // verify reports the gap
    if (before.manifest.settled) {
      whole = before.manifest
      continue
    }
    const examples: Reconciliation['days'][number]['examples'] = []
    const diff = await diffSnapshots(snapshots, before.manifest, whole, (kind, row) => {
      if (examples.length < SHOWN_ROWS) {
        examples.push({ side: kind === 'added' ? 'whole' : 'days', row: summaryOf(row) })
      }
    })
    return {
      dataset,
      days: diff.from.number,
      whole: diff.to.number,
      rowsOfDays: diff.from.rows,
      rowsOfWhole: diff.to.rows,
      onlyInDays: diff.removed,
      onlyInWhole: diff.added,
      totals: [...diff.totals],
      examples,
    }
  }
  return null
}

/** Identifies a row without naming anyone. */
function summaryOf(row: string): string {
  const fields = parseExactly(row) as Record<string, unknown>
  const shown = ['date', 'usageStartDate', 'meterId', 'cost', 'extendedCost'].flatMap((name) => {
    const value = fields[name]
    const text = value instanceof NumberText ? value.text : value
    return typeof text === 'string' ? [`${name} ${text}`] : []
  })
  return shown.join(', ')
}
