/** A calendar month: Enterprise Agreement billing periods are calendar months. */
export interface Month {
  /** `yyyyMM` */
  readonly id: string
  /** `yyyy-MM-dd` */
  readonly firstDay: string
  readonly lastDay: string
}

/** The month `back` months before the one that contains `day` (`yyyy-MM-dd`). */
export function monthOf(day: string, back = 0): Month {
  const year = Number(day.slice(0, 4))
  const month = Number(day.slice(5, 7)) - 1 - back
  const iso = (y: number, m: number, d: number): string =>
    new Date(Date.UTC(y, m, d)).toISOString().slice(0, 10)
  const firstDay = iso(year, month, 1)
  return { id: firstDay.slice(0, 7).replace('-', ''), firstDay, lastDay: iso(year, month + 1, 0) }
}

export function plusDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)
}

export function daysFrom(earlier: string, later: string): number {
  return Math.round((Date.parse(later) - Date.parse(earlier)) / 86_400_000)
}

/** Every day of a month up to `until`, both inclusive. */
export function daysOf(month: Month, until: string): string[] {
  const days: string[] = []
  for (let day = month.firstDay; day <= month.lastDay && day <= until; day = plusDays(day, 1)) {
    days.push(day)
  }
  return days
}
