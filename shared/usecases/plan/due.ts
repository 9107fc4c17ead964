import { addDays, daysBetween } from '../../format/days.ts'
import { ALL_PART, ALL_PERIODS } from '../../format/series.ts'
import type { BillingPeriod, Offer } from '../../sources/source.ts'

/** The facts about a series that decide whether it is due. */
export interface History {
  /** Whether the newest snapshot is settled; null if there is no snapshot. */
  readonly settled: boolean | null
  /** When it was last checked against the source; null if never. */
  readonly checkedAt: Date | null
}

/** The plan for a due series. */
export interface DuePlan {
  readonly billingPeriod: string
  readonly parts: readonly string[]
  readonly settled: boolean
}

export interface DueSettings {
  /** The business day, `yyyy-MM-dd`. */
  readonly day: string
  readonly settlementDays: number
  /** Days after which settled periods are checked again, unless the source says otherwise. */
  readonly recheckDays: number
  readonly now: Date
}

/** The series of the one dataset without periods: always due, never settled. */
export const billingPeriodsPlan: DuePlan = {
  billingPeriod: ALL_PERIODS,
  parts: [ALL_PART],
  settled: false,
}

/**
 * The candidate periods for a source's dataset, newest first, each with its plan. The open period is the first that
 * the source lists, whatever the clock says; a period in which the dataset's route is null has no data and
 * gets no plan. With `only`, exactly those periods are planned, due or not.
 */
export function duePlans(
  offer: Offer,
  periods: readonly BillingPeriod[],
  historyOf: (billingPeriod: string) => History,
  settings: DueSettings,
  only: ReadonlySet<string> | null = null,
): DuePlan[] {
  return periods
    .map((period, index) => ({ period, isOpen: index === 0 }))
    .filter(({ period }) => period.datasets.includes(offer.dataset))
    .filter(
      ({ period, isOpen }) =>
        only?.has(period.id) ?? isDue(offer, period, isOpen, historyOf(period.id), settings),
    )
    .map(({ period, isOpen }) => planOf(offer, period, isOpen, historyOf(period.id), settings))
}

function isDue(
  { recheckDays }: Offer,
  period: BillingPeriod,
  isOpen: boolean,
  history: History,
  settings: DueSettings,
): boolean {
  if (!isPastSettlement(period, isOpen, settings)) return true
  if (history.settled !== true || history.checkedAt === null) return true
  const age = settings.now.getTime() - history.checkedAt.getTime()
  return age >= (recheckDays ?? settings.recheckDays) * 86_400_000
}

function planOf(
  { byDay }: Offer,
  period: BillingPeriod,
  isOpen: boolean,
  history: History,
  settings: DueSettings,
): DuePlan {
  // Once a snapshot is settled, later plans never go back to days.
  const settled = history.settled === true || isPastSettlement(period, isOpen, settings)
  if (settled || !byDay) return { billingPeriod: period.id, parts: [ALL_PART], settled }
  const lastDay = settings.day < period.lastDay ? settings.day : period.lastDay
  const days = daysBetween(period.firstDay, lastDay)
  // If the source's open period begins after our business day, its first day is still requested.
  return {
    billingPeriod: period.id,
    parts: days.length > 0 ? days : [period.firstDay],
    settled,
  }
}

function isPastSettlement(period: BillingPeriod, isOpen: boolean, settings: DueSettings): boolean {
  return !isOpen && addDays(period.lastDay, settings.settlementDays) < settings.day
}
