/** Compares the archive with the source, row by row. */
import { daysOf, plusDays } from '../../local/simulator/months.ts'
import type { Simulator } from '../../local/simulator/server.ts'
import type { StoredArchive, StoredManifest } from './read-archive.ts'

const ROUTE = '/v3/enrollments/100'
/** The setting's default: for this many days after its end, a period is fetched by day. */
const SETTLEMENT_DAYS = 10
const BY_DAY = ['usagedetails', 'marketplacecharges']

/**
 * Differences between the newest snapshots and the source's current data. With `isPartial`, series may be
 * missing, but existing ones must be right.
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
    if (!listed.has(manifest.billingPeriod)) continue // the source no longer has it
    const rows = await stored.rows(manifest)
    const expected = manifest.parts.flatMap(({ key }) => simulator.rows(routeOf(manifest, key)))
    if (rows.length !== expected.length || rows.some((row, i) => row !== expected[i])) {
      wrong.push(`${series}: ${rows.length} rows are not the ${expected.length} of the source`)
    }
  }
  if (isPartial) return wrong
  for (const [series, expected] of expectedParts(simulator, day)) {
    const parts = newest.get(series)?.parts.map(({ key }) => key) ?? []
    const lost = expected.filter((key) => !parts.includes(key))
    wrong.push(...lost.map((key) => `${series} part ${key} is missing`))
    const others = parts.filter((key) => !expected.includes(key))
    wrong.push(...others.map((key) => `${series} has a part ${key} that was not requested`))
  }
  return wrong
}

function routeOf({ dataset, billingPeriod }: StoredManifest, part: string): string {
  if (dataset === 'billingperiods') return `${ROUTE}/billingperiods`
  if (part === 'all') return `${ROUTE}/billingPeriods/${billingPeriod}/${dataset}`
  return `${ROUTE}/${dataset}bycustomdate?startTime=${part}&endTime=${part}`
}

/** The expected parts of each series on `day`: one for the whole period, or the days of an unsettled one. */
function expectedParts(simulator: Simulator, day: string): Map<string, string[]> {
  const months = simulator.bill.months(day)
  const parts = new Map([['billingperiods/all', ['all']]])
  for (const [i, month] of months.entries()) {
    const isOldest = i > 0 && i === months.length - 1
    const isSettled = i > 0 && plusDays(month.lastDay, SETTLEMENT_DAYS) < day
    const names = ['balancesummary', 'usagedetails', 'pricesheet']
    for (const name of [...names, ...(isOldest ? [] : ['marketplacecharges'])]) {
      const isByDay = BY_DAY.includes(name) && !isSettled
      parts.set(`${name}/${month.id}`, isByDay ? daysOf(month, day) : ['all'])
    }
  }
  return parts
}
