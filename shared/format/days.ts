/** Days are `yyyy-MM-dd` in UTC, as text, and sort chronologically. */

const DAY_MS = 86_400_000

export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10)
}

/** Every day from `first` to `last`, both inclusive; none if `last` is before `first`. */
export function daysBetween(first: string, last: string): string[] {
  const days: string[] = []
  for (let day = first; day <= last; day = addDays(day, 1)) days.push(day)
  return days
}

/** First and last day of a billing period, which is a calendar month. */
export function daysOfPeriod(billingPeriod: string): { first: string; last: string } {
  const first = `${billingPeriod.slice(0, 4)}-${billingPeriod.slice(4)}-01`
  const next = new Date(`${first}T00:00:00Z`)
  next.setUTCMonth(next.getUTCMonth() + 1)
  return { first, last: addDays(next.toISOString().slice(0, 10), -1) }
}
