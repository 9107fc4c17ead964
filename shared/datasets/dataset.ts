import type { ColumnDefinition } from '../rows/row-layout.ts'

/** A dataset's name in blob names, in our routes, and in the names of its settings. */
export type DatasetName =
  | 'billingperiods'
  | 'balancesummary'
  | 'usagedetails'
  | 'marketplacecharges'
  | 'pricesheet'

/**
 * What a dataset is, whatever source it comes from: its columns and what they mean. How to fetch it from a
 * source is in that source's folder. To add a dataset, add one file to this folder.
 */
export interface Dataset {
  readonly name: DatasetName
  /** One series per billing period, or one for all of them (`period=all`). */
  readonly perPeriod: boolean
  /** Increases whenever `columns` grows; columns are only ever appended. */
  readonly rowsVersion: number
  /** All columns of the newest version; `columnsAt` gives those of any version. */
  readonly columns: readonly ColumnDefinition[]
  /** The column whose total is shown first, or null. */
  readonly costColumn: string | null
  /** The columns of the table `summary`; null for a dataset without charges by day. */
  readonly summary: SummaryOf | null
}

/** The setting that holds the schedule of a dataset's timer, as NCRONTAB in UTC. */
export function scheduleSetting({ name }: Pick<Dataset, 'name'>): string {
  return `${name.toUpperCase()}_SCHEDULE`
}

/** Names of the columns that the table `summary` is made of; their cost is the dataset's `costColumn`. */
export interface SummaryOf {
  readonly date: string
  readonly service: string
  readonly subscriptionGuid: string
  readonly subscriptionName: string
}
