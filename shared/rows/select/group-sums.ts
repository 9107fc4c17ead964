/** Exact sums of decimal columns, by the values of other columns. */

import { addNumber, addSum, type DecimalSum, decimalSum, formatSum } from '../decimal/decimal.ts'
import { columnNamed, type RowLayout } from '../row-layout.ts'
import { kindOf } from '../scan/drift.ts'
import { rowSpans, scanRow } from '../scan/scan-row.ts'
import type { Condition } from './condition.ts'
import { rowFilter, stringAt } from './row-filter.ts'

export interface GroupQuery {
  /** Columns whose values define a group. */
  readonly groupBy: readonly string[]
  /** Decimal columns to sum. */
  readonly sum: readonly string[]
  readonly where: readonly Condition[]
}

export interface GroupTotals {
  /** Values of the group's columns, as text; empty for null and missing. */
  readonly key: readonly string[]
  readonly rows: number
  /** Per column of `sum`, in its order, in plain notation. */
  readonly totals: readonly string[]
  /** Per column of `sum`, how many values are not numbers, or too long to be summed, and are in no total. */
  readonly leftOut: readonly number[]
}

export interface GroupSums {
  /** Groups so far. */
  readonly size: number
  /** Adds the rows of a block's text, with `prefix` before the values of each group. */
  add(text: Buffer, prefix: readonly string[]): void
  /** Every group, by its key. */
  groups(): GroupTotals[]
  /** All groups as one, without a key. */
  total(): GroupTotals
}

interface Group {
  readonly key: readonly string[]
  rows: number
  readonly sums: readonly DecimalSum[]
  readonly leftOut: number[]
}

export function groupSums(layout: RowLayout, query: GroupQuery): GroupSums {
  const fits = rowFilter(layout, null, query.where)
  const keys = query.groupBy.map((name) => columnNamed(layout, name))
  const decimals = query.sum.map((name) => columnNamed(layout, name))
  const spans = rowSpans(layout)
  const { values } = spans
  const groups = new Map<string, Group>()
  const emptyGroup = (key: readonly string[]): Group => {
    return { key, rows: 0, sums: decimals.map(decimalSum), leftOut: decimals.map(() => 0) }
  }

  function groupOf(text: Buffer, prefix: readonly string[]): Group {
    const parts = [...prefix, ...keys.map((column) => stringAt(text, values, column))]
    const key = keyOf(parts)
    const found = groups.get(key)
    if (found !== undefined) return found
    const made = emptyGroup(parts)
    groups.set(key, made)
    return made
  }

  function addRow(text: Buffer, group: Group): void {
    group.rows++
    for (const [i, column] of decimals.entries()) {
      const kind = kindOf(text, values, column)
      if (kind === 'missing' || kind === 'null') continue
      const [start, stop] = [values[column * 3] as number, values[column * 3 + 1] as number]
      const sum = group.sums[i] as DecimalSum
      const isSummed = kind === 'number' && addNumber(sum, text, start, stop)
      if (!isSummed) group.leftOut[i] = (group.leftOut[i] as number) + 1
    }
  }

  return {
    get size() {
      return groups.size
    },
    add(text, prefix) {
      for (let pos = 0; pos < text.length; ) {
        const end = scanRow(text, pos, text.length, layout, spans)
        if (fits === null || fits(text, values)) addRow(text, groupOf(text, prefix))
        pos = end + 2
      }
    },
    groups() {
      return [...groups.values()].sort(byKey).map(totalsOf)
    },
    total() {
      const all = emptyGroup([])
      for (const { rows, sums, leftOut } of groups.values()) {
        all.rows += rows
        for (const [i, sum] of sums.entries()) addSum(all.sums[i] as DecimalSum, sum)
        for (const [i, count] of leftOut.entries()) {
          all.leftOut[i] = (all.leftOut[i] as number) + count
        }
      }
      return totalsOf(all)
    },
  }
}

/** One text for all parts, each preceded by its length, because any separator could occur in a part. */
function keyOf(parts: readonly string[]): string {
  return parts.length === 1 ? (parts[0] as string) : parts.map(withLength).join('')
}

function withLength(part: string): string {
  return `${part.length}:${part}`
}

function byKey(a: Group, b: Group): number {
  for (const [i, part] of a.key.entries()) {
    const other = b.key[i] as string
    if (part !== other) return part < other ? -1 : 1
  }
  return 0
}

function totalsOf({ key, rows, sums, leftOut }: Group): GroupTotals {
  return { key, rows, totals: sums.map(formatSum), leftOut }
}
