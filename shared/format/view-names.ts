/** Names of the view's files. docs/archive-format.md describes the same tree. */
import { checkNamed, type NamedSeries, namedOrNull } from './series.ts'

export const viewFormats = ['csv', 'parquet'] as const
export type ViewFormat = (typeof viewFormats)[number]

/** The rows of a series, and the tables that are derived from them. */
export type ViewTable = 'rows' | 'summary' | 'snapshots'

/**
 * `billing-current`: a file of the view. Its name omits the source, which is chosen per period. Folders name enrollment and
 * period in the notation that readers take as columns.
 */
export function viewName(
  series: NamedSeries,
  format: ViewFormat = 'csv',
  table: ViewTable = 'rows',
): string {
  const { dataset, enrollment, billingPeriod } = checkNamed(series)
  const folder = table === 'rows' ? dataset : `${table}/${dataset}`
  return `${format}/${folder}/enrollment=${enrollment}/period=${billingPeriod}/data.${format}`
}

/** A file of the view by its name. */
export interface ViewFileName extends NamedSeries {
  readonly format: ViewFormat
  readonly table: ViewTable
}

const NAME =
  /^(csv|parquet)\/(?:(summary|snapshots)\/)?([^/]+)\/enrollment=([^/]+)\/period=([^/]+)\/data\.\1$/

/** The parts of a file's name; null if `name` is not one. */
export function viewFileOf(name: string): ViewFileName | null {
  const [, format, table = 'rows', dataset = '', enrollment = '', billingPeriod = ''] =
    NAME.exec(name) ?? []
  const series = namedOrNull({ dataset, enrollment, billingPeriod })
  if (series === null) return null
  return { ...series, format: format as ViewFormat, table: table as ViewTable }
}
