/** What is uploaded to a month's Parquet file when one of its days was restated. */
import { atMost, type Figure, shown } from '../../bench/measure.ts'
import { viewName } from '../../shared/format/view-names.ts'
import { MONTH, sealedMonth } from '../../testing/simulation/sealed-month.ts'
import { daysFrom, rowsOfDay } from '../archive/dated-rows.ts'
import { FIRST_DAY } from '../archive/row-server.ts'

/** April: a day more would make the share smaller. */
const DAYS = 30
/** From so many rows of a day on, the share has a goal. */
const GOAL_ROWS = 10_000

export async function restatedFigures(
  rowsPerDay: number,
  say: (line: string) => void,
): Promise<Figure[]> {
  const month = sealedMonth()
  const days = daysFrom(FIRST_DAY, DAYS)
  const pageOf = (day: string, revision: number): string =>
    `[${rowsOfDay(day, rowsPerDay, revision).join(',')}]`
  const bytes = (): Buffer =>
    month.storage.stored.view.get(viewName(MONTH, 'parquet'))?.bytes ?? Buffer.alloc(0)
  const pages = Object.fromEntries(days.map((day) => [day, pageOf(day, 0)]))
  await month.seal(pages)
  const before = bytes()
  say(`${DAYS} days of ${rowsPerDay} rows: ${before.length} bytes`)
  const day = days[14] as string
  // A revision of the fifth has as many rows.
  await month.seal({ ...pages, [day]: pageOf(day, 5) })
  const after = bytes()
  if (!after.subarray(0, before.length).equals(before)) throw new Error('the old file was changed')
  const uploaded = after.length - before.length
  return [
    // A footer is large beside few rows.
    rowsPerDay < GOAL_ROWS
      ? shown('parquet-restated-share', uploaded / before.length, 'times')
      : atMost('parquet-restated-share', uploaded / before.length, 0.04),
    shown('parquet-restated-bytes', uploaded, `of ${before.length}`),
  ]
}
