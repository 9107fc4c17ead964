/** The routes of the simulated API as values: from a path to rows. */
import type { Bill } from './bill.ts'
import { daysOf, type Month, plusDays } from './months.ts'
import { type Row, rowText } from './rows.ts'

/** A whole report, before it is divided into pages. */
export interface Report {
  /** Rows as texts; for an object, the one row. */
  readonly rows: readonly string[]
  readonly shape: 'array' | 'envelope' | 'object'
  /** For the id of an envelope. */
  readonly path: string
  /** A date whose restatement changes this report. */
  readonly restates: string | null
}

/** An answer that is not a report. */
export interface Refusal {
  readonly status: 400 | 404
  readonly message: string
}

const ROUTE = /^\/(v[123])\/enrollments\/(\w+)\/(.+?)\/?$/i

const MAX_RANGE_DAYS = 36 * 31

/** The report at `url` on the day `today`, with null path segments and cases as in the contract. */
export function findReport(
  bill: Bill,
  enrollments: readonly string[],
  url: URL,
  today: string,
): Report | Refusal {
  const match = ROUTE.exec(url.pathname)
  if (match === null) return notFound()
  const version = (match[1] ?? '').toLowerCase()
  const enrollment = match[2] ?? ''
  const rest = (match[3] ?? '').toLowerCase()
  if (!enrollments.includes(enrollment)) {
    return { status: 400, message: `Enrollment number ${enrollment} is not valid` }
  }
  const months = bill.months(today)
  const texts = (rows: readonly Row[]): string[] => rows.map((row) => rowText(row, version))
  const envelope = (rows: readonly Row[], restates: string | null): Report => {
    return { rows: texts(rows), shape: 'envelope', path: url.pathname, restates }
  }
  const array = (rows: readonly Row[], restates: string | null): Report => {
    return { rows: texts(rows), shape: 'array', path: url.pathname, restates }
  }

  if (rest === 'billingperiods') {
    return array(
      months.map((month, i) => periodRow(version, enrollment, month, today, i, months.length)),
      null,
    )
  }
  if (rest === 'usagedetailsbycustomdate' || rest === 'marketplacechargesbycustomdate') {
    const days = customDays(url, today)
    if ('status' in days) return days
    const isUsage = rest.startsWith('usage')
    const rows = days.flatMap((day) =>
      isUsage
        ? bill.usageOfDay(enrollment, day, today)
        : bill.marketplaceOfDay(enrollment, day, today),
    )
    return isUsage ? envelope(rows, days[0] ?? null) : array(rows, days[0] ?? null)
  }
  const byPeriod = /^billingperiods\/(\d+)\/(\w+)$/.exec(rest)
  const month = byPeriod ? months.find((known) => known.id === byPeriod[1]) : months[0]
  if (month === undefined) return { status: 400, message: 'Billing period is not valid' }
  switch (byPeriod ? byPeriod[2] : rest) {
    case 'usagedetails':
      return envelope(bill.usageOfMonth(enrollment, month, today), month.firstDay)
    case 'marketplacecharges':
      return array(bill.marketplaceOfMonth(enrollment, month, today), month.firstDay)
    case 'pricesheet':
      return array(bill.prices(enrollment, month), null)
    case 'balancesummary': {
      const rows = texts([bill.balance(enrollment, month, today)])
      // Clients of v3 read the first element of an array.
      const shape = version === 'v3' ? 'array' : 'object'
      return { rows, shape, path: url.pathname, restates: null }
    }
    default:
      return notFound()
  }
}

function notFound(): Refusal {
  return { status: 404, message: 'Report endpoint not found' }
}

/** The oldest month has no Marketplace charges, to exercise a null route. */
function periodRow(
  version: string,
  enrollment: string,
  month: Month,
  today: string,
  index: number,
  count: number,
): Row {
  const path = (dataset: string): string =>
    JSON.stringify(`/${version}/enrollments/${enrollment}/billingperiods/${month.id}/${dataset}`)
  const end = month.lastDay > today && index > 0 ? today : month.lastDay
  return [
    ['billingPeriodId', JSON.stringify(month.id)],
    ['billingStart', JSON.stringify(`${month.firstDay}T00:00:00Z`)],
    ['billingEnd', JSON.stringify(`${end}T11:59:59Z`)],
    ['balanceSummary', path('balancesummary')],
    ['usageDetails', path('usagedetails')],
    ['marketplaceCharges', index > 0 && index === count - 1 ? 'null' : path('marketplacecharges')],
    ['priceSheet', path('pricesheet')],
  ]
}

function customDays(url: URL, today: string): string[] | Refusal {
  const parameter = (name: string): string =>
    [...url.searchParams].find(([key]) => key.toLowerCase() === name)?.[1] ?? ''
  const first = parameter('starttime')
  const last = parameter('endtime')
  const isDay = (text: string): boolean =>
    /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text))
  if (!isDay(first) || !isDay(last) || last < first) {
    return { status: 400, message: 'startTime and endTime must be dates as yyyy-MM-dd, in order' }
  }
  if (plusDays(first, MAX_RANGE_DAYS) < last) {
    return { status: 400, message: 'at most 36 months can be asked for' }
  }
  const until = last < today ? last : today
  return daysOf({ id: '', firstDay: first, lastDay: until }, until)
}
