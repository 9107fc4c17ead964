/**
 * The day of a usage date. Sources are documented to write ISO (`2018-08-01T00:00:00`), but some use .NET's
 * invariant notation (`8/1/2018 12:00:00 AM`, `08/01/2018`).
 */
import { Kind } from './json-scan.ts'

/** A usage date that names no day: its row may belong to any day. */
export const NOT_A_DAY = 1

const MINUS = 0x2d
const SLASH = 0x2f
const SPACE = 0x20
const ISO_LENGTH = 10

/**
 * The day, as yyyymmdd, at the start of the text `bytes[start..end)`: `yyyy-MM-dd`, or `M/d/yyyy`, optionally
 * followed by a time. 0 if it is neither, or does not exist in the calendar.
 */
export function usageDay(bytes: Uint8Array, start: number, end: number): number {
  if (end - start >= ISO_LENGTH && bytes[start + 4] === MINUS) return isoDay(bytes, start, end)
  return slashDay(bytes, start, end)
}

/**
 * The usage day of a row, from its values in `values` as recorded by `scanRow`: 0 for null and missing,
 * {@link NOT_A_DAY} for a date that names no day.
 */
export function usageDayAt(bytes: Uint8Array, values: Int32Array, column: number): number {
  const kind = values[column * 3 + 2] as number
  if (kind <= Kind.null) return 0
  if (kind === Kind.literal || kind === Kind.nested) return NOT_A_DAY
  const [start, end] = [(values[column * 3] as number) + 1, (values[column * 3 + 1] as number) - 1]
  if (kind !== Kind.escaped) return usageDay(bytes, start, end) || NOT_A_DAY
  // Some writers escape every slash.
  const quoted = Buffer.from(bytes.buffer, bytes.byteOffset + start - 1, end - start + 2)
  const text = Buffer.from(JSON.parse(quoted.toString()) as string)
  return usageDay(text, 0, text.length) || NOT_A_DAY
}

function isoDay(bytes: Uint8Array, start: number, end: number): number {
  if (bytes[start + 7] !== MINUS || digitAt(bytes, start + ISO_LENGTH, end) >= 0) return 0
  const year = numberAt(bytes, start, start + 4)
  return dayOf(year, numberAt(bytes, start + 5, start + 7), numberAt(bytes, start + 8, start + 10))
}

function slashDay(bytes: Uint8Array, start: number, end: number): number {
  const month = digitsAt(bytes, start, end)
  const day = digitsAt(bytes, start + month + 1, end)
  const dayStart = start + month + 1
  const yearStart = dayStart + day + 1
  const yearEnd = yearStart + 4
  const fits = isOneOrTwo(month) && isOneOrTwo(day) && yearEnd <= end
  if (!fits || bytes[dayStart - 1] !== SLASH || bytes[yearStart - 1] !== SLASH) return 0
  if (yearEnd < end && bytes[yearEnd] !== SPACE) return 0
  return dayOf(
    numberAt(bytes, yearStart, yearEnd),
    numberAt(bytes, start, start + month),
    numberAt(bytes, dayStart, dayStart + day),
  )
}

function isOneOrTwo(digits: number): boolean {
  return digits === 1 || digits === 2
}

/** How many digits follow from `pos` on. */
function digitsAt(bytes: Uint8Array, pos: number, end: number): number {
  let at = pos
  while (digitAt(bytes, at, end) >= 0) at++
  return at - pos
}

function digitAt(bytes: Uint8Array, pos: number, end: number): number {
  if (pos >= end) return -1
  const digit = (bytes[pos] as number) - 0x30
  return digit >= 0 && digit <= 9 ? digit : -1
}

/** The number made of the digits from `start` to `end`; NaN if not all of them are digits. */
function numberAt(bytes: Uint8Array, start: number, end: number): number {
  let number = 0
  for (let pos = start; pos < end; pos++) {
    const digit = digitAt(bytes, pos, end)
    number = digit < 0 ? Number.NaN : number * 10 + digit
  }
  return number
}

const LENGTHS = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

function dayOf(year: number, month: number, day: number): number {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  const length = (LENGTHS[month] ?? 0) + (isLeap && month === 2 ? 1 : 0)
  return year >= 0 && day >= 1 && day <= length ? year * 10_000 + month * 100 + day : 0
}
