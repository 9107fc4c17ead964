import { difference } from '../../shared/rows/decimal/decimal-text.ts'
import { cell, NumberText, parseExactly, sumNumbers } from '../../testing/oracles/json-oracle.ts'
import type { StoredManifest } from '../../testing/stack/read-archive.ts'
import type { Grouping, Table } from './queries.ts'

/** Sums by group, in plain notation. */
export type Totals = ReadonlyMap<string, string>

export interface Rows {
  readonly manifest: Pick<StoredManifest, 'billingPeriod'>
  /** As JSON texts. */
  readonly rows: readonly string[]
}

/** Exact sums of the JSON rows. */
export function totalsOf(snapshots: readonly Rows[], table: Table, grouping: Grouping): Totals {
  const groups = new Map<string, NumberText[]>()
  for (const { manifest, rows } of snapshots) {
    for (const row of rows) {
      const members = parseExactly(row) as Record<string, unknown>
      const group = grouping === 'month' ? manifest.billingPeriod : cell(members[table[grouping]])
      const cost = members[table.cost]
      const values = groups.get(String(group)) ?? []
      groups.set(String(group), values)
      if (cost instanceof NumberText) values.push(cost)
    }
  }
  return new Map([...groups].map(([group, values]) => [group, sumNumbers(values)]))
}

/** Groups that differ in any digit, or that only one side has. */
export function differingTotals(expected: Totals, found: Totals): string[] {
  return [...new Set([...expected.keys(), ...found.keys()])].flatMap((group) => {
    const [a, b] = [expected.get(group), found.get(group)]
    const isSame = a !== undefined && b !== undefined && difference(a, b) === '0'
    return isSame ? [] : [`${group}: ${b}, not ${a}`]
  })
}
