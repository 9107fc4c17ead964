/** Conditions on the columns of a row, checked on its bytes. */

import { compareExact, exactNumber } from '../decimal/exact-number.ts'
import { columnNamed, type RowLayout, type ValueKind } from '../row-layout.ts'
import { kindOf } from '../scan/drift.ts'
import { Kind } from '../scan/json-scan.ts'
import { NOT_A_DAY, usageDayAt } from '../scan/usage-day.ts'
import { type Condition, checkedCondition, type Operator } from './condition.ts'

/** Usage dates as `yyyy-MM-dd`, both inclusive. */
export interface DateRange {
  readonly first: string
  readonly last: string
}

/** Decides whether a row matches, from its values in `values` as recorded by `scanRow`. */
export type RowFilter = (bytes: Buffer, values: Int32Array) => boolean

const EARLIEST = '0000-01-01'
const LATEST = '9999-12-31'

/**
 * Combines all conditions and the date range into one filter; null if there is nothing to check. Throws
 * `BAD_REQUEST` for a condition that does not fit its column.
 */
export function rowFilter(
  layout: RowLayout,
  dates: DateRange | null,
  where: readonly Condition[],
): RowFilter | null {
  const filters = where.map((condition) =>
    conditionFilter(layout, checkedCondition(layout, condition)),
  )
  if (dates !== null) filters.unshift(dateFilter(layout, dates))
  if (filters.length === 0) return null
  return (bytes, values) => filters.every((fits) => fits(bytes, values))
}

function dateFilter({ dateColumn }: RowLayout, { first, last }: DateRange): RowFilter {
  if (dateColumn < 0) return () => false
  const [from, to] = [numberOfDay(first), numberOfDay(last)]
  return (bytes, values) => {
    const day = usageDayAt(bytes, values, dateColumn)
    return day > NOT_A_DAY && day >= from && day <= to
  }
}

/** `yyyy-MM-dd` → yyyymmdd. */
function numberOfDay(day: string): number {
  return Number(day.replaceAll('-', ''))
}

function conditionFilter(layout: RowLayout, condition: Condition): RowFilter {
  const column = columnNamed(layout, condition.column)
  const kind = layout.columns[column]?.kind
  const { operator, value } = condition
  if (value === '' && (operator === '=' || operator === '!=')) {
    return (bytes, values) => isEmpty(bytes, values, column) === (operator === '=')
  }
  const fits = comparison(layout, column, kind, value)
  // A value that can't be compared is unequal and in no range; so is null.
  return (bytes, values) => holds(operator, fits(bytes, values))
}

/** Null, missing and the empty text. */
function isEmpty(bytes: Buffer, values: Int32Array, column: number): boolean {
  const kind = values[column * 3 + 2] as number
  return kind <= Kind.null || (kind >= Kind.plain && stringAt(bytes, values, column) === '')
}

/** The order of a row's value relative to the condition's; NaN if they can't be compared. */
type Comparison = (bytes: Buffer, values: Int32Array) => number

function comparison(
  layout: RowLayout,
  column: number,
  kind: ValueKind | undefined,
  value: string,
): Comparison {
  if (column === layout.dateColumn) {
    const wanted = numberOfDay(value)
    return (bytes, values) => {
      const day = usageDayAt(bytes, values, column)
      return day > NOT_A_DAY ? day - wanted : Number.NaN
    }
  }
  const compareNumber = numberComparison(value)
  return (bytes, values) => {
    switch (kindOf(bytes, values, column)) {
      case 'missing':
      case 'null':
        return Number.NaN
      case 'number':
        return compareNumber(rawText(bytes, values, column))
      case 'string': {
        const text = stringAt(bytes, values, column)
        // Sources sometimes send numbers and booleans as text, which is compared by its meaning.
        if (kind === 'number') return numberOrNone(compareNumber, text.trim())
        return compareTexts(kind === 'boolean' ? text.toLowerCase() : text, value)
      }
      default:
        return kind === 'number' ? Number.NaN : compareTexts(rawText(bytes, values, column), value)
    }
  }
}

/** Only JavaScript accepts `0x10` and `Infinity` as numbers. */
function numberOrNone(compare: (text: string) => number, text: string): number {
  return exactNumber(text) === null ? Number.NaN : compare(text)
}

/** NaN means not comparable. */
function holds(operator: Operator, order: number): boolean {
  switch (operator) {
    case '=':
      return order === 0
    case '!=':
      return order !== 0
    case '<':
      return order < 0
    case '<=':
      return order <= 0
    case '>':
      return order > 0
    case '>=':
      return order >= 0
  }
}

function compareTexts(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

/**
 * Compares a row's numbers with `value`. Rounding to a double preserves the order, so different doubles
 * decide; otherwise the digits do, of which there are no more than in the row.
 */
function numberComparison(value: string): (text: string) => number {
  const wanted = exactNumber(value)
  if (wanted === null) return () => Number.NaN
  const rounded = Number(value)
  return (text) => {
    if (text === value) return 0
    const found = Number(text)
    if (found < rounded) return -1
    if (found > rounded) return 1
    const exact = exactNumber(text)
    return exact === null ? Number.NaN : compareExact(exact, wanted)
  }
}

function rawText(bytes: Buffer, values: Int32Array, column: number): string {
  return bytes.toString('utf8', values[column * 3], values[column * 3 + 1])
}

/** The text of a column's value: strings unescaped, other values unchanged, empty for null. */
export function stringAt(bytes: Buffer, values: Int32Array, column: number): string {
  const kind = values[column * 3 + 2] as number
  if (kind <= Kind.null) return ''
  if (kind === Kind.literal || kind === Kind.nested) return rawText(bytes, values, column)
  if (kind === Kind.escaped) return JSON.parse(rawText(bytes, values, column)) as string
  const [start, end] = [values[column * 3] as number, values[column * 3 + 1] as number]
  return bytes.toString('utf8', start + 1, end - 1)
}

/** The range of days of rows that can match all of `where`, which shows which blocks need not be read. */
export function datesOf(
  layout: Pick<RowLayout, 'columns' | 'dateColumn'>,
  where: readonly Condition[],
): DateRange | null {
  const dateColumn = layout.columns[layout.dateColumn]?.name
  const onDays = where.filter(({ column, value }) => column === dateColumn && value !== '')
  const firsts = onDays.flatMap(({ operator, value }) =>
    operator === '=' || operator === '>=' || operator === '>' ? [value] : [],
  )
  const lasts = onDays.flatMap(({ operator, value }) =>
    operator === '=' || operator === '<=' || operator === '<' ? [value] : [],
  )
  if (firsts.length + lasts.length === 0) return null
  return { first: firsts.sort().at(-1) ?? EARLIEST, last: lasts.sort()[0] ?? LATEST }
}
