/** Determines which series should exist, from the source's last list of periods. */
import { describeError, hasCode } from '../../errors.ts'
import type { Series } from '../../format/series.ts'
import type { Archive } from '../archive.ts'
import { newestSnapshot } from '../read/read-snapshots.ts'
import { type ArchivedPeriods, periodsSeries, readArchivedPeriods } from './list-periods.ts'

/** A source's archived list of periods, as far as it can be parsed. */
export async function periodsOf(
  archive: Pick<Archive, 'snapshots' | 'sources'>,
  source: string,
  enrollment: string,
): Promise<ArchivedPeriods> {
  try {
    const series = periodsSeries(source, enrollment)
    const newest = await newestSnapshot(archive.snapshots, series)
    if (newest === null) return { periods: [], problems: [] }
    return await readArchivedPeriods(archive, newest)
  } catch (error) {
    if (hasCode(error, 'STORAGE_UNAVAILABLE')) throw error
    const why = describeError(error).message
    return { periods: [], problems: [`the list of billing periods can't be read: ${why}`] }
  }
}

/** The series that should exist according to a list of periods. */
export function expectedSeries(list: Series, { periods }: ArchivedPeriods): Series[] {
  return periods.flatMap((period) =>
    period.datasets.map((dataset) => ({ ...list, dataset, billingPeriod: period.id })),
  )
}
