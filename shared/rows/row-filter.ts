/** Conditions on the columns of a row, checked on its bytes. */
import { compareDecimals } from './decimal-text.ts'
import { kindOf } from './drift.ts'
import { Kind } from './json-scan.ts'
import { columnNamed, type RowLayout } from './row-layout.ts'

export const OPERATORS = ['=', '!=', '<=', '<', '>=', '>'] as const
export type Operator = (typeof OPERATORS)[number]

/**
 * A condition on a column. Numbers compare by their value, exactly; strings by their UTF-16 code units; a
 * usage date by its day where the value is one. Null and missing are like an empty string to `=` and
 * `!=`, and fit no range.
 */
export interface Condition {
  readonly column: string
  readonly operator: Operator
  readonly value: string
}

/** Usage dates as `yyyy-MM-dd`, both included. */
export interface DateRange {
  readonly first: string
  readonly last: string
}

/** Does a row fit, whose values stand in `values` as `scanRow` noted them? */
export type RowFilter = (bytes: Buffer, values: Int32Array) => boolean

const DAY = /^\d{4}-\d{2}-\d{2}$/
const DECIMAL = /^-?\d{1,100}(\.\d{1,100})?$/
const EARLIEST = '0000-01-01'
const LATEST = '9999-12-31'

/** One filter of all conditions and the range of dates; null if there is nothing to check. */
export function rowFilter(
  layout: RowLayout,
  dates: DateRange | null,
  where: readonly Condition[],
): RowFilter | null {
  const filters = where.map((condition) => conditionFilter(layout, condition))
  if (dates !== null) filters.unshift(dateFilter(layout, dates))
  if (filters.length === 0) return null
  return (bytes, values) => filters.every((fits) => fits(bytes, values))
}

function dateFilter({ dateColumn }: RowLayout, { first, last }: DateRange): RowFilter {
  if (dateColumn < 0) return () => false
  return (bytes, values) => {
    if ((values[dateColumn * 3 + 2] as number) <= Kind.null) return false
    const day = dayAt(bytes, values, dateColumn)
    return day >= first && day <= last
  }
}

function conditionFilter(layout: RowLayout, condition: Condition): RowFilter {
  const column = columnNamed(layout, condition.column)
  const { operator, value } = condition
  const isDay = column === layout.dateColumn && DAY.test(value)
  const isNumber = DECIMAL.test(value)
  return (bytes, values) => {
    switch (kindOf(bytes, values, column)) {
      case 'missing':
      case 'null':
        if (operator === '=') return value === ''
        return operator === '!=' && value !== ''
      case 'number':
        if (!isNumber) return operator === '!='
        return holds(operator, compareNumbers(rawText(bytes, values, column), value))
      case 'string': {
        const text = isDay ? dayAt(bytes, values, column) : stringAt(bytes, values, column)
        return holds(operator, compareTexts(text, value))
      }
      default:
        return holds(operator, compareTexts(rawText(bytes, values, column), value))
    }
  }
}

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

/** Rounding to a double keeps the order, so where the doubles differ they decide; else the digits do. */
function compareNumbers(a: string, b: string): number {
  const [left, right] = [Number(a), Number(b)]
  if (left !== right) return left < right ? -1 : 1
  return a === b ? 0 : compareDecimals(a, b)
}

function dayAt(bytes: Buffer, values: Int32Array, column: number): string {
  const start = (values[column * 3] as number) + 1
  return bytes.toString('latin1', start, start + 10)
}

function rawText(bytes: Buffer, values: Int32Array, column: number): string {
  return bytes.toString('utf8', values[column * 3], values[column * 3 + 1])
}

/** The text of a column's value: a string unescaped, anything else as it stands, nothing for null. */
export function stringAt(bytes: Buffer, values: Int32Array, column: number): string {
  const kind = values[column * 3 + 2] as number
  if (kind <= Kind.null) return ''
  if (kind === Kind.literal || kind === Kind.nested) return rawText(bytes, values, column)
  if (kind === Kind.escaped) return JSON.parse(rawText(bytes, values, column)) as string
  const [start, end] = [values[column * 3] as number, values[column * 3 + 1] as number]
  return bytes.toString('utf8', start + 1, end - 1)
}

/** The days that rows can have which fit all of `where`: tells which blocks need not be read. */
export function datesOf(
  dateColumn: string | undefined,
  where: readonly Condition[],
): DateRange | null {
  const onDays = where.filter(({ column, value }) => column === dateColumn && DAY.test(value))
  const firsts = onDays.flatMap(({ operator, value }) =>
    operator === '=' || operator === '>=' || operator === '>' ? [value] : [],
  )
  const lasts = onDays.flatMap(({ operator, value }) =>
    operator === '=' || operator === '<=' || operator === '<' ? [value] : [],
  )
  if (firsts.length + lasts.length === 0) return null
  return { first: firsts.sort().at(-1) ?? EARLIEST, last: lasts.sort()[0] ?? LATEST }
}
