import { z } from 'zod'
import { ArchiveError } from '../../errors.ts'
import type { BillingPeriod, BillingPeriodList } from '../source.ts'
import { askedFor } from './asked-for.ts'

/** How many characters of an invalid row are shown. */
const SHOWN = 40

type Row = Readonly<Record<string, unknown>>

/**
 * Parses the answer of the billing periods route, newest first. A dataset whose route is null or absent has
 * no data in that period. Rows are parsed one by one: a row that is not a period is skipped and reported.
 * Throws `SOURCE_BAD_VALUE` if the answer is not a list.
 */
export function parseBillingPeriods(json: string): BillingPeriodList {
  const periods = new Map<string, BillingPeriod>()
  const skipped: string[] = []
  for (const [index, row] of rowsOf(json).entries()) {
    const read = periodOf(row)
    if (typeof read === 'string') skipped.push(`row ${index + 1} is not a billing period: ${read}`)
    else if (periods.has(read.id)) skipped.push(`row ${index + 1} repeats ${read.id}`)
    else periods.set(read.id, read)
  }
  const newestFirst = [...periods.values()].sort((a, b) => (a.id < b.id ? 1 : -1))
  return { periods: newestFirst, skipped }
}

function rowsOf(json: string): unknown[] {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch (cause) {
    throw new ArchiveError('SOURCE_BAD_VALUE', 'the list of billing periods is not JSON', { cause })
  }
  if (Array.isArray(value)) return value
  throw new ArchiveError('SOURCE_BAD_VALUE', 'the list of billing periods is not a JSON array')
}

/** The period that a row describes, or why it is invalid. */
function periodOf(value: unknown): BillingPeriod | string {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return 'it is not an object'
  const row = value as Row
  const id = field(row, 'billingPeriodId')
  // Documented as a string, sent as a number in examples.
  const text = typeof id === 'number' ? String(id) : id
  if (typeof text !== 'string' || !/^\d{4}(0[1-9]|1[0-2])$/.test(text)) {
    return `billingPeriodId is ${shown(id)}, not yyyyMM`
  }
  const start = field(row, 'billingStart')
  const end = field(row, 'billingEnd')
  const firstDay = dayOf(start, text)
  const lastDay = dayOf(end, text)
  if (firstDay === null)
    return `billingStart of ${text} is ${shown(start)}, not an unambiguous date`
  if (lastDay === null) return `billingEnd of ${text} is ${shown(end)}, not an unambiguous date`
  if (lastDay < firstDay) return `${text} ends at ${lastDay}, before it begins`
  const names = askedFor.flatMap(({ dataset, periodField }) =>
    periodField !== null && isPath(field(row, periodField)) ? [dataset] : [],
  )
  return { id: text, firstDay, lastDay, datasets: names }
}

/** A field by its name, or by its name in another case: `BillingPeriodId` has been seen. */
function field(row: Row, name: string): unknown {
  if (Object.hasOwn(row, name)) return row[name]
  const other = Object.keys(row).find((key) => key.toLowerCase() === name.toLowerCase())
  return other === undefined ? undefined : row[other]
}

/**
 * The day of a date, ignoring its time (`2017-04-30T11:59:59Z`); null if invalid. Dates with slashes are
 * month/day or day/month, which is unambiguous if only one of them lies in the period.
 */
function dayOf(value: unknown, period: string): string | null {
  if (typeof value !== 'string') return null
  const iso = /^(\d{4}-\d{2}-\d{2})(?!\d)/.exec(value.trim())?.[1]
  if (iso !== undefined) return isDay(iso) ? iso : null
  const slashed = /^(\d{1,2})\/(\d{1,2})\/(\d{4})(?!\d)/.exec(value.trim())
  if (slashed === null) return null
  const [, a = '', b = '', year = ''] = slashed
  const readings = [day(year, a, b), day(year, b, a)].filter(
    (each) => isDay(each) && each.slice(0, 7).replace('-', '') === period,
  )
  return new Set(readings).size === 1 ? (readings[0] ?? null) : null
}

function day(year: string, month: string, dayOfMonth: string): string {
  return `${year}-${month.padStart(2, '0')}-${dayOfMonth.padStart(2, '0')}`
}

function isDay(text: string): boolean {
  return z.iso.date().safeParse(text).success
}

function isPath(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}

function shown(value: unknown): string {
  if (value === undefined) return 'missing'
  return (JSON.stringify(value) ?? 'nothing').slice(0, SHOWN)
}
