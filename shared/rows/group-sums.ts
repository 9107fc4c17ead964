/** Exact sums of decimal columns, by the values of other columns. */
import { addNumber, type DecimalSum, decimalSum, formatSum } from './decimal.ts'
import { kindOf } from './drift.ts'
import { type Condition, rowFilter, stringAt } from './row-filter.ts'
import { columnNamed, type RowLayout } from './row-layout.ts'
import { rowSpans, scanRow } from './scan-row.ts'

export interface GroupQuery {
  /** Columns whose values make a group. */
  readonly groupBy: readonly string[]
  /** Decimal columns to sum. */
  readonly sum: readonly string[]
  readonly where: readonly Condition[]
}

export interface GroupTotals {
  /** Values of the columns that make the group, as text; null and missing are empty. */
  readonly key: readonly string[]
  readonly rows: number
  /** Per column of `sum`, in its order, in plain notation. */
  readonly totals: readonly string[]
}

export interface GroupSums {
  /** Groups so far. */
  readonly size: number
  /** Adds the rows of a block's text, with `prefix` before the values of each group. */
  add(text: Buffer, prefix: readonly string[]): void
  /** Every group, by its key. */
  groups(): GroupTotals[]
}

interface Group {
  readonly key: readonly string[]
  rows: number
  readonly sums: readonly DecimalSum[]
}

/** What can't stand in a column's text and so separates the parts of a key. */
const SEPARATOR = '\u0000'

export function groupSums(layout: RowLayout, query: GroupQuery): GroupSums {
  const fits = rowFilter(layout, null, query.where)
  const keys = query.groupBy.map((name) => columnNamed(layout, name))
  const decimals = query.sum.map((name) => columnNamed(layout, name))
  const spans = rowSpans(layout)
  const { values } = spans
  const groups = new Map<string, Group>()

  function groupOf(text: Buffer, prefix: readonly string[]): Group {
    const parts = [...prefix, ...keys.map((column) => stringAt(text, values, column))]
    const key = parts.join(SEPARATOR)
    const found = groups.get(key)
    if (found !== undefined) return found
    const made = { key: parts, rows: 0, sums: decimals.map(() => decimalSum()) }
    groups.set(key, made)
    return made
  }

  return {
    get size() {
      return groups.size
    },
    add(text, prefix) {
      for (let pos = 0; pos < text.length; ) {
        const end = scanRow(text, pos, text.length, layout, spans)
        if (fits === null || fits(text, values)) {
          const group = groupOf(text, prefix)
          group.rows++
          for (const [i, column] of decimals.entries()) {
            if (kindOf(text, values, column) !== 'number') continue
            const [start, stop] = [values[column * 3] as number, values[column * 3 + 1] as number]
            addNumber(group.sums[i] as DecimalSum, text, start, stop)
          }
        }
        pos = end + 2
      }
    },
    groups() {
      const sorted = [...groups.entries()].sort(([a], [b]) => (a < b ? -1 : 1))
      return sorted.map(([, { key, rows, sums }]) => ({ key, rows, totals: sums.map(formatSum) }))
    },
  }
}
