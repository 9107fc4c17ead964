/** The archive against what the source says: row by row. */
import type { Simulator } from '../../local/simulator/server.ts'
import type { StoredArchive, StoredManifest } from './read-archive.ts'

const ROUTE = '/v3/enrollments/100'

/**
 * What the newest snapshots say that the source does not, or not at this moment. With `isPartial` a series
 * may be missing; what is there has to be right all the same.
 */
export async function wrongRows(
  stored: StoredArchive,
  simulator: Simulator,
  day: string,
  { isPartial = false } = {},
): Promise<string[]> {
  const wrong: string[] = []
  const newest = await stored.newest()
  const listed = new Set(['all', ...simulator.bill.months(day).map(({ id }) => id)])
  for (const [series, manifest] of newest) {
    if (!listed.has(manifest.billingPeriod)) continue // the source has forgotten it
    const rows = await stored.rows(manifest)
    const expected = manifest.parts.flatMap(({ key }) => simulator.rows(routeOf(manifest, key)))
    if (rows.length !== expected.length || rows.some((row, i) => row !== expected[i])) {
      wrong.push(`${series}: ${rows.length} rows are not the ${expected.length} of the source`)
    }
  }
  if (isPartial) return wrong
  for (const series of expectedSeries(simulator, day)) {
    if (!newest.has(series)) wrong.push(`${series} is missing`)
  }
  return wrong
}

function routeOf({ dataset, billingPeriod }: StoredManifest, part: string): string {
  if (dataset === 'billingperiods') return `${ROUTE}/billingperiods`
  if (part === 'all') return `${ROUTE}/billingPeriods/${billingPeriod}/${dataset}`
  return `${ROUTE}/${dataset}bycustomdate?startTime=${part}&endTime=${part}`
}

function expectedSeries(simulator: Simulator, day: string): string[] {
  const months = simulator.bill.months(day)
  return [
    'billingperiods/all',
    ...months.flatMap(({ id }, i) => {
      const isOldest = i > 0 && i === months.length - 1
      const names = ['balancesummary', 'usagedetails', 'pricesheet']
      return [...names, ...(isOldest ? [] : ['marketplacecharges'])].map((name) => `${name}/${id}`)
    }),
  ]
}
