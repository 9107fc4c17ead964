/** The bill of the simulated enrollments, as known on a given day. Pure, except for its caches. */
import { LRUCache } from 'lru-cache'
import { addText, decimalSum, formatSum } from '../../shared/rows/decimal/decimal.ts'
import { negated } from '../../shared/rows/decimal/decimal-text.ts'
import { daysFrom, daysOf, type Month, monthOf, plusDays } from './months.ts'
import { hashOf, randomFor } from './random.ts'
import { marketplaceRow, memberOf, priceRow, type Row, usageRow } from './rows.ts'

export interface BillOptions {
  readonly seed: number
  /** Months in the list, including the open one. */
  readonly months: number
  readonly rowsPerDay: number
  /**
   * How many rows of a day are distinct before they repeat. Absent: all. For bills that would not fit into
   * memory.
   */
  readonly distinctRows?: number
  /** Rows of each price sheet. Absent: as many as a day has, at most 2,000. */
  readonly prices?: number
}

/** Days after a month's end during which it still changes. */
const CLOSES_AFTER_DAYS = 5

/** Age in days at which some days are restated. */
const RESTATED_AT_AGE = 3

/** Maximum default number of rows in a price sheet. */
const MAX_PRICES = 2_000

export interface Bill {
  /** Months listed on `today`, newest first. */
  months(today: string): Month[]
  usageOfDay(enrollment: string, date: string, today: string): readonly Row[]
  usageOfMonth(enrollment: string, month: Month, today: string): readonly Row[]
  marketplaceOfDay(enrollment: string, date: string, today: string): readonly Row[]
  marketplaceOfMonth(enrollment: string, month: Month, today: string): readonly Row[]
  prices(enrollment: string, month: Month): readonly Row[]
  balance(enrollment: string, month: Month, today: string): Row
  /** Restates `date` once more, in addition to the schedule: for tests. */
  restate(enrollment: string, date: string): void
}

type Rows = Map<string, readonly Row[]>

/** A cache of generated rows: simulators of the same bill in one process generate them once. */
const shared = new LRUCache<string, Rows>({ max: 4 })

function rowsMade({ seed, rowsPerDay, distinctRows, prices }: BillOptions): Rows {
  const key = `${seed}/${rowsPerDay}/${distinctRows ?? 'all'}/${prices ?? 'some'}`
  const found = shared.get(key) ?? new Map()
  shared.set(key, found)
  return found
}

export function bill(options: BillOptions): Bill {
  const { seed, rowsPerDay } = options
  const restatements = new Map<string, number>()
  const cache = rowsMade(options)

  function cached(key: string, make: () => readonly Row[]): readonly Row[] {
    const found = cache.get(key)
    if (found !== undefined) return found
    const made = make()
    cache.set(key, made)
    return made
  }

  /** Usage of a day billed in its own month. */
  function ownUsage(enrollment: string, date: string, today: string): readonly Row[] {
    const state = stateOf(enrollment, date, today)
    if (state === null) return []
    const key = `usage/${enrollment}/${date}/${state.share}/${state.revision}`
    return cached(key, () => {
      const all = rowsPerDay + (hashOf(date) % 7) + state.revision
      const count = Math.ceil(all * state.share)
      const distinct = Math.min(count, options.distinctRows ?? count)
      const rows = Array.from({ length: distinct }, (_, index) =>
        usageRow({
          seed,
          enrollment,
          date,
          index,
          // In a restated day, one charge in a hundred is corrected.
          revision: index % 100 === 7 ? state.revision : 0,
          withNewField: index >= rowsPerDay * 0.6 && date.endsWith('8'),
        }),
      )
      return Array.from({ length: count }, (_, index) => rows[index % distinct] as Row)
    })
  }

  /** A charge of the last day before `month`, billed in `month`. */
  function lateUsage(enrollment: string, month: Month, today: string): readonly Row[] {
    if (today < plusDays(month.firstDay, 1)) return []
    const date = plusDays(month.firstDay, -1)
    const key = { seed, enrollment, date, index: 1_000_000, revision: 0, withNewField: false }
    return cached(`late/${enrollment}/${date}`, () => [usageRow(key)])
  }

  function stateOf(
    enrollment: string,
    date: string,
    today: string,
  ): { share: number; revision: number } | null {
    const closes = plusDays(monthOf(date).lastDay, CLOSES_AFTER_DAYS)
    const age = daysFrom(date, today < closes ? today : closes)
    if (age < 0) return null
    const byCalendar = age >= RESTATED_AT_AGE && hashOf(`${seed}/${date}`) % 4 === 0 ? 1 : 0
    const revision = byCalendar + (restatements.get(`${enrollment}/${date}`) ?? 0)
    return { share: age === 0 ? 0.6 : 1, revision }
  }

  const self: Bill = {
    months: (today) => Array.from({ length: options.months }, (_, back) => monthOf(today, back)),

    usageOfDay(enrollment, date, today) {
      const next = monthOf(plusDays(date, 1))
      const late = next.firstDay === plusDays(date, 1) ? lateUsage(enrollment, next, today) : []
      return [...ownUsage(enrollment, date, today), ...late]
    },

    usageOfMonth(enrollment, month, today) {
      return [
        ...daysOf(month, today).flatMap((date) => ownUsage(enrollment, date, today)),
        ...lateUsage(enrollment, month, today),
      ]
    },

    marketplaceOfDay(enrollment, date, today) {
      const state = stateOf(enrollment, date, today)
      if (state === null || hashOf(`marketplace/${date}`) % 5 === 0) return []
      const count = Math.max(1, Math.round(rowsPerDay / 50))
      return cached(`marketplace/${enrollment}/${date}/${state.revision}`, () =>
        Array.from({ length: count }, (_, index) =>
          marketplaceRow({
            seed,
            enrollment,
            date,
            index,
            revision: index === 0 ? state.revision : 0,
          }),
        ),
      )
    },

    marketplaceOfMonth: (enrollment, month, today) =>
      daysOf(month, today).flatMap((date) => self.marketplaceOfDay(enrollment, date, today)),

    prices: (enrollment, month) =>
      cached(`prices/${enrollment}/${month.id}`, () =>
        Array.from({ length: options.prices ?? Math.min(MAX_PRICES, rowsPerDay) }, (_, index) =>
          priceRow(seed, enrollment, month.id, index),
        ),
      ),

    balance: (enrollment, month, today) => balanceRow(self, seed, enrollment, month, today),

    restate(enrollment, date) {
      const key = `${enrollment}/${date}`
      restatements.set(key, (restatements.get(key) ?? 0) + 1)
    },
  }
  return self
}

/** The summary of a month: its usage sums are those of the rows, rounded to cents. */
function balanceRow(
  self: Bill,
  seed: number,
  enrollment: string,
  month: Month,
  today: string,
): Row {
  const random = randomFor(`balance/${seed}/${enrollment}/${month.id}`)
  const usage = self.usageOfMonth(enrollment, month, today)
  const total = cents(usage.map((row) => memberOf(row, 'cost')))
  const separately = cents(
    usage
      .filter((row) => memberOf(row, 'chargesBilledSeparately') === 'true')
      .map((row) => memberOf(row, 'cost')),
  )
  const marketplace = cents(
    self.marketplaceOfMonth(enrollment, month, today).map((row) => memberOf(row, 'extendedCost')),
  )
  const beginning = `${900_000 + random.int(90_000)}.${random.int(90) + 10}`
  return [
    ['id', JSON.stringify(`enrollments/${enrollment}/billingperiods/${month.id}/balancesummaries`)],
    ['billingPeriodId', month.id], // sent as a number, as in the documented examples
    ['currencyCode', '"EUR"'],
    ['beginningBalance', beginning],
    ['endingBalance', cents([beginning, negated(total)])],
    ['newPurchases', '0.00'],
    ['adjustments', '0'],
    ['utilized', total],
    ['serviceOverage', '0.0'],
    ['chargesBilledSeparately', separately],
    ['totalOverage', separately],
    ['totalUsage', total],
    ['azureMarketplaceServiceCharges', marketplace],
    ['newPurchasesDetails', '[{"name":"Promo, \\"Q1\\"","value":0.00}]'],
    ['adjustmentDetails', '[]'],
  ]
}

/** The exact sum, rounded to two decimals. */
function cents(amounts: readonly string[]): string {
  const sum = decimalSum()
  for (const amount of amounts) addText(sum, amount)
  const [whole = '0', fraction = ''] = formatSum(sum).split('.')
  const scaled = BigInt(whole + fraction.padEnd(3, '0').slice(0, 3))
  const isNegative = scaled < 0n || whole.startsWith('-')
  const magnitude = isNegative && scaled < 0n ? -scaled : scaled
  const digits = ((magnitude + 5n) / 10n).toString().padStart(3, '0')
  return `${isNegative ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
}
