/** The archive against what the source says: row by row. */
import { daysOf, plusDays } from '../../local/simulator/months.ts'
import type { Simulator } from '../../local/simulator/server.ts'
import type { StoredArchive, StoredManifest } from './read-archive.ts'

const ROUTE = '/v3/enrollments/100'
/** The settings' default: for so many days behind its end a period is read day by day. */
const SETTLEMENT_DAYS = 10
const BY_DAY = ['usagedetails', 'marketplacecharges']

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
  for (const [series, expected] of expectedParts(simulator, day)) {
    const parts = newest.get(series)?.parts.map(({ key }) => key) ?? []
    const lost = expected.filter((key) => !parts.includes(key))
    wrong.push(...lost.map((key) => `${series} part ${key} is missing`))
    const others = parts.filter((key) => !expected.includes(key))
    wrong.push(...others.map((key) => `${series} has a part ${key} that nobody asked for`))
  }
  return wrong
}

function routeOf({ dataset, billingPeriod }: StoredManifest, part: string): string {
  if (dataset === 'billingperiods') return `${ROUTE}/billingperiods`
  if (part === 'all') return `${ROUTE}/billingPeriods/${billingPeriod}/${dataset}`
  return `${ROUTE}/${dataset}bycustomdate?startTime=${part}&endTime=${part}`
}

/** The parts that each series has on `day`: one of everything, or the days of a period that is not settled. */
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
