/**
 * Custom dates as the old API's clients send them: every form that .NET parses as a date in the invariant
 * culture.
 */
import { ArchiveError } from '../../errors.ts'
import type { DateRange } from '../../rows/select/row-filter.ts'

const CLOCK = String.raw`\d{1,2}(:\d{1,2}){1,2}(\.\d+)?`

/** `2026-09-01`, `2026-9-1`, optionally with a time, which is ignored. */
const YEAR_FIRST = new RegExp(
  `^(\\d{4})([-/])(\\d{1,2})\\2(\\d{1,2})([T ]${CLOCK}([zZ]|[ +-]\\d{2}:?\\d{2})?)?$`,
)

/** `9/1/2026`, `09/01/2026 12:00:00 AM`. */
const MONTH_FIRST = new RegExp(`^(\\d{1,2})/(\\d{1,2})/(\\d{4})( ${CLOCK}( ?[AP]M)?)?$`, 'i')

/**
 * The usage dates from `startTime` to `endTime`, both inclusive, at most `months` months plus one day,
 * because a range from the first of one month to the first of another is meant as whole months. Throws
 * `BAD_REQUEST`.
 */
export function customDates(
  startTime: string | null,
  endTime: string | null,
  months: number,
): DateRange {
  const first = dayIn(startTime, 'startTime')
  const last = dayIn(endTime, 'endTime')
  if (last < first) throw new ArchiveError('BAD_REQUEST', 'endTime is before startTime')
  const limit = new Date(`${first}T00:00:00Z`)
  limit.setUTCMonth(limit.getUTCMonth() + months)
  if (last > limit.toISOString().slice(0, 10)) {
    const most = months === 1 ? 'one month' : `${months} months`
    throw new ArchiveError('BAD_REQUEST', `startTime to endTime is at most ${most}`)
  }
  return { first, last }
}

/** The day in a parameter, as `yyyy-MM-dd`. */
function dayIn(text: string | null, name: string): string {
  if (text === null) throw new ArchiveError('BAD_REQUEST', `the parameter ${name} is missing`)
  const day = dayOf(text.trim())
  if (day !== null) return day
  throw new ArchiveError('BAD_REQUEST', `not a valid ${name}: expected a day, e.g. 2026-09-01`)
}

function dayOf(text: string): string | null {
  const [, year = '', , month = '', day = ''] = YEAR_FIRST.exec(text) ?? []
  if (year !== '') return isoDay(year, month, day)
  const [, monthFirst = '', dayOfMonth = '', lastYear = ''] = MONTH_FIRST.exec(text) ?? []
  return lastYear === '' ? null : isoDay(lastYear, monthFirst, dayOfMonth)
}

/** Null for a day that does not exist in the calendar. */
function isoDay(year: string, month: string, day: string): string | null {
  const iso = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  const time = new Date(`${iso}T00:00:00Z`)
  return Number.isNaN(time.getTime()) || !time.toISOString().startsWith(iso) ? null : iso
}
