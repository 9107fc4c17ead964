/** Conditions on columns: their syntax, and the values that each column can be compared with. */
import { ArchiveError } from '../../errors.ts'
import { exactNumber, plainNotation } from '../decimal/exact-number.ts'
import { MAX_DECIMAL_DIGITS } from '../limits.ts'
import { columnNamed, type RowLayout } from '../row-layout.ts'
import { usageDay } from '../scan/usage-day.ts'

export const OPERATORS = ['=', '!=', '<=', '<', '>=', '>'] as const
export type Operator = (typeof OPERATORS)[number]

/**
 * A condition on a column. Numbers compare by exact value, usage dates by day, text by UTF-16 code units. `=`
 * and `!=` treat null and missing like an empty text; ranges never match them.
 */
export interface Condition {
  readonly column: string
  readonly operator: Operator
  readonly value: string
}

/** The syntax of a condition: `cost >= 10.5`. Spaces around its three parts are ignored. */
export const CONDITION = /^\s*([A-Za-z]\w{0,63})\s*(!=|<=|>=|=|<|>)([\s\S]{0,1000})$/

/** The expected form, for the error message about a condition that does not match {@link CONDITION}. */
export const CONDITION_FORM =
  'a column, one of = != < <= > >=, and a value, e.g. date>=2017-04-05; double quotes keep the spaces of a value'

/** Parses a condition; throws `BAD_REQUEST`. The value is checked against its column later. */
export function parseCondition(text: string): Condition {
  const [, column = '', operator = '', rest = ''] = CONDITION.exec(text) ?? []
  const value = rest.trim()
  // No value begins like this: `==`, `=>` and `<>` are operators of other languages.
  if (operator === '' || /^[=<>]/.test(value)) throw wrong(text.trim(), CONDITION_FORM)
  return { column, operator: operator as Operator, value: unquoted(value, text) }
}

function unquoted(value: string, text: string): string {
  if (value.length < 2 || !value.startsWith('"') || !value.endsWith('"')) return value
  try {
    return JSON.parse(value) as string
  } catch (cause) {
    throw wrong(text.trim(), 'a text in double quotes, with " written as \\" and \\ as \\\\', cause)
  }
}

/**
 * The condition with its value in the column's form: a number in plain notation, a day as `yyyy-MM-dd`,
 * `true` or `false`. Throws `BAD_REQUEST` if no row could meet it: the value does not fit the column, or a
 * range has no value.
 */
export function checkedCondition(layout: RowLayout, condition: Condition): Condition {
  const column = columnNamed(layout, condition.column)
  const kind = layout.columns[column]?.kind
  const { operator } = condition
  if (kind === undefined) throw wrong(written(condition), 'a column of the dataset')
  const isDate = column === layout.dateColumn
  if (!isDate && kind !== 'number' && kind !== 'boolean') return condition
  const value = condition.value.trim()
  const isRange = operator !== '=' && operator !== '!='
  if (value === '' && !isRange) return { ...condition, value } // null, or not null
  if (isDate) return { ...condition, value: dayIn(value, condition) }
  if (kind === 'number') return { ...condition, value: numberIn(value, condition) }
  if (isRange) throw wrong(written(condition), '= or != of true or false')
  return { ...condition, value: booleanIn(value, condition) }
}

/** A day, optionally followed by a time. */
const DAY =
  /^(\d{4}-\d{2}-\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?: ?Z|[+\- ]\d{2}:?\d{2})?)?$/i

function dayIn(value: string, condition: Condition): string {
  const day = DAY.exec(value)?.[1] ?? ''
  if (usageDay(Buffer.from(day), 0, day.length) > 0) return day
  throw wrong(written(condition), 'a day as yyyy-MM-dd, e.g. 2026-11-05')
}

function numberIn(value: string, condition: Condition): string {
  const number = exactNumber(value)
  if (number === null) {
    throw wrong(written(condition), 'a number with a decimal point, e.g. 10.5, -3 or 1e-05')
  }
  const plain = plainNotation(number, MAX_DECIMAL_DIGITS)
  if (plain !== null) return plain
  throw wrong(written(condition), `a number of at most ${MAX_DECIMAL_DIGITS} digits`)
}

function booleanIn(value: string, condition: Condition): string {
  const word = value.toLowerCase()
  if (word === 'true' || word === 'false') return word
  throw wrong(written(condition), 'true or false')
}

function written({ column, operator, value }: Condition): string {
  return `${column}${operator}${value}`
}

const MAX_SHOWN = 80

function wrong(text: string, expected: string, cause?: unknown): ArchiveError {
  const shown = text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text
  return new ArchiveError('BAD_REQUEST', `where: ${shown}: expected ${expected}`, { cause })
}
