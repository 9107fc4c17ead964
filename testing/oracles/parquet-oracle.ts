/** An independent reading of rows as the cells of a Parquet table: plain strings and bigints, as simple as it can be. */
import type { ParquetColumn } from '../../shared/outputs/parquet/columns.ts'
import { cell, NumberText, stringify } from './json-oracle.ts'

/** A cell: a text, a decimal × 10^18, days since 1970, a boolean. */
export type Cell = string | bigint | number | boolean | null

/** The row's cells by the columns' names; `exact` as its JSON, or null. */
export function cellsOf(
  row: Readonly<Record<string, unknown>>,
  columns: readonly ParquetColumn[],
): Record<string, Cell> {
  const cells: Record<string, Cell> = {}
  const exact: Record<string, string> = {}
  for (const { name, type } of columns) {
    const text = textOf(row[name])
    if (text === null || type === 'text') {
      cells[name] = text
      continue
    }
    const [value, isSaid] = typed(text, type)
    cells[name] = value
    if (!isSaid) exact[name] = text
  }
  const isEmpty = Object.keys(exact).length === 0
  return { ...cells, exact: isEmpty ? null : JSON.stringify(exact) }
}

/** The text of a value, as a CSV field has it. */
function textOf(value: unknown): string | null {
  const found = cell(value)
  return typeof found === 'string' || found === null ? found : stringify(found)
}

/** The value that a typed column has for a text, and whether it says all of it. */
function typed(text: string, type: ParquetColumn['type']): [Cell, boolean] {
  switch (type) {
    case 'decimal':
      return decimal(text)
    case 'date':
      return date(text)
    case 'boolean':
      return text === 'true' || text === 'false' ? [text === 'true', true] : [null, false]
    case 'text':
    case 'exact':
      return [text, true]
  }
}

const NUMBER = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/
const LIMIT = 10n ** 38n

function decimal(text: string): [Cell, boolean] {
  const match = NUMBER.exec(text)
  if (match === null) return [null, false]
  const [, sign, whole = '', fraction = '', exponent = '0'] = match
  const digits = BigInt(whole + fraction)
  if (digits === 0n) return [0n, true]
  // Numbers that are this far from the limits need no digits to be told apart.
  const shift = Math.max(-5_000, Math.min(5_000, Number(exponent))) - fraction.length + 18
  const scaled =
    shift >= 0 ? digits * 10n ** BigInt(shift) : halfEven(digits, 10n ** BigInt(-shift))
  if (scaled >= LIMIT) return [null, false]
  const isSaid = shift >= 0 || digits % 10n ** BigInt(-shift) === 0n
  return [sign === '-' ? -scaled : scaled, isSaid]
}

function halfEven(digits: bigint, unit: bigint): bigint {
  const [kept, rest] = [digits / unit, digits % unit]
  const isUp = rest * 2n > unit || (rest * 2n === unit && kept % 2n === 1n)
  return isUp ? kept + 1n : kept
}

const ISO = /^(\d{4})-(\d\d)-(\d\d)(?!\d)(.*)$/s
const SLASHES = /^(\d\d?)\/(\d\d?)\/(\d{4})((?: .*)?)$/s
const MIDNIGHT = /^(|[T ](12:00:00 AM|0:00:00|00:00:00(\.0+)?Z?))$/

function date(text: string): [Cell, boolean] {
  const iso = ISO.exec(text)
  const slashes = SLASHES.exec(text)
  const [year, month, day, rest] =
    iso !== null
      ? [iso[1], iso[2], iso[3], iso[4]]
      : [slashes?.[3], slashes?.[1], slashes?.[2], slashes?.[4]]
  const days = daysSinceEpoch(Number(year), Number(month), Number(day))
  return days === null ? [null, false] : [days, MIDNIGHT.test(rest ?? '')]
}

function daysSinceEpoch(year: number, month: number, day: number): number | null {
  if (!(year >= 1)) return null
  const time = new Date(0)
  time.setUTCFullYear(year, month - 1, day)
  if (time.getUTCMonth() !== month - 1 || time.getUTCDate() !== day) return null
  return time.getTime() / 86_400_000
}

/** The value without its exact numbers, so that it can be compared. */
export function plainOf(value: unknown): unknown {
  if (value instanceof NumberText) return `number ${value.text}`
  if (Array.isArray(value)) return value.map(plainOf)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plainOf(item)]))
}
