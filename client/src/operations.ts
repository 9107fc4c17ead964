/* Generated from the descriptions of the HTTP API by `npm run client:generate`. */

/**
 * Dataset, by the name of the old API's route
 */
export type Dataset =
  'billingperiods' | 'balancesummary' | 'usagedetails' | 'marketplacecharges' | 'pricesheet'
export type FileFormat = 'json' | 'csv' | 'index'
export type ChangeKind = 'added' | 'removed'
export type RefreshStatus = 'running' | 'sealed' | 'unchanged' | 'failed'
export type DownloadKind = 'rows' | 'totals' | 'diff'
export type DownloadStatus = 'queued' | 'running' | 'completed' | 'empty' | 'failed'
export type HealthStatus = 'ok' | 'warning' | 'failed'
export type SeriesStatus =
  'archived' | 'unsettled' | 'stale' | 'missing' | 'failed' | 'waiting' | 'damaged'
export type PlanState = 'open' | 'sealing' | 'closed' | 'none'
export type KeyLevel = 'ok' | 'warning' | 'error' | 'unknown'
export type ReportStatus = 1 | 2 | 3 | 4 | 5 | 7
/**
 * All rows, as returned for `limit=all`
 */
export type RowArray = Row[]
/**
 * Format of the rows; takes precedence over the Accept header
 */
export type RowFormat = 'json' | 'ndjson' | 'csv'
/**
 * text: every number in a row is a string of the archived digits, for clients that read numbers as doubles. CSV is always text
 */
export type DecimalsForm = 'number' | 'text'

/**
 * Operations with JSON answers, by name.
 */
export interface Operations {
  /**
   * Enrollments that the caller may read
   */
  listEnrollments: {
    params: {}
    answer: Enrollments
  }
  /**
   * Billing periods of an enrollment, newest first, with their archived datasets
   */
  listPeriods: {
    params: {
      /**
       * Enrollment number, e.g. 100
       */
      enrollment: string
    }
    answer: Periods
  }
  /**
   * All snapshots of a series, newest first
   */
  listSnapshots: {
    params: {
      /**
       * Enrollment number, e.g. 100
       */
      enrollment: string
      /**
       * Dataset, by the name of the old API's route
       */
      dataset:
        'billingperiods' | 'balancesummary' | 'usagedetails' | 'marketplacecharges' | 'pricesheet'
      /**
       * Billing period as yyyyMM; `all` for the list of billing periods
       */
      period: string
      /**
       * Maximum number of items, up to 200
       */
      limit?: number
      /**
       * Only snapshots with lower numbers
       */
      before?: number
      /**
       * Source of the data, if several have it; by default the one that answers
       */
      source?: string
    }
    answer: Snapshots
  }
  /**
   * The manifest of a snapshot, byte for byte
   */
  getManifest: {
    params: {
      /**
       * Enrollment number, e.g. 100
       */
      enrollment: string
      /**
       * Dataset, by the name of the old API's route
       */
      dataset:
        'billingperiods' | 'balancesummary' | 'usagedetails' | 'marketplacecharges' | 'pricesheet'
      /**
       * Billing period as yyyyMM; `all` for the list of billing periods
       */
      period: string
      /**
       * Number of a snapshot, starting at 1
       */
      number: number
      /**
       * Source of the data, if several have it; by default the one that answers
       */
      source?: string
    }
    answer: Manifest
  }
  /**
   * Rows of one snapshot
   */
  snapshotRows: {
    params: {
      /**
       * Enrollment number, e.g. 100
       */
      enrollment: string
      /**
       * Dataset, by the name of the old API's route
       */
      dataset:
        'billingperiods' | 'balancesummary' | 'usagedetails' | 'marketplacecharges' | 'pricesheet'
      /**
       * Billing period as yyyyMM; `all` for the list of billing periods
       */
      period: string
      /**
       * Number of a snapshot, starting at 1
       */
      number: number
      /**
       * Columns to return, in this order, e.g. date,meterName,cost
       */
      select?: string
      /**
       * A condition, e.g. cost>=10.5 or date>=2017-04-05; can be repeated, and all conditions must hold
       *
       * @maxItems 10
       */
      where?: string[]
      /**
       * Rows per page, by default 1000; all: all rows as one file
       */
      limit?: number
      /**
       * Where the page begins, as given in the link to it
       */
      cursor?: string
      /**
       * Source of the data, if several have it; by default the one that answers
       */
      source?: string
    }
    answer: Rows
  }
  /**
   * Rows of the newest snapshot, or of the newest one at a given time
   */
  newestRows: {
    params: {
      /**
       * Enrollment number, e.g. 100
       */
      enrollment: string
      /**
       * Dataset, by the name of the old API's route
       */
      dataset:
        'billingperiods' | 'balancesummary' | 'usagedetails' | 'marketplacecharges' | 'pricesheet'
      /**
       * Billing period as yyyyMM; `all` for the list of billing periods
       */
      period: string
      /**
       * Columns to return, in this order, e.g. date,meterName,cost
       */
      select?: string
      /**
       * A condition, e.g. cost>=10.5 or date>=2017-04-05; can be repeated, and all conditions must hold
       *
       * @maxItems 10
       */
      where?: string[]
      /**
       * Rows per page, by default 1000; all: all rows as one file
       */
      limit?: number
      /**
       * The data as known at this time, e.g. 2026-11-24T12:00:00Z; a day means 00:00 UTC
       */
      asOf?: string
      /**
       * Source of the data, if several have it; by default the one that answers
       */
      source?: string
    }
    answer: Rows
  }
  /**
   * Rows added and removed, and totals changed, between two snapshots
   */
  getDiff: {
    params: {
      /**
       * Enrollment number, e.g. 100
       */
      enrollment: string
      /**
       * Dataset, by the name of the old API's route
       */
      dataset:
        'billingperiods' | 'balancesummary' | 'usagedetails' | 'marketplacecharges' | 'pricesheet'
      /**
       * Billing period as yyyyMM; `all` for the list of billing periods
       */
      period: string
      /**
       * Older snapshot; by default, the one before `to`
       */
      from?: number
      /**
       * Newer snapshot; by default, the newest
       */
      to?: number
      /**
       * Maximum number of changed rows to include
       */
      rows?: number
      /**
       * Source of the data, if several have it; by default the one that answers
       */
      source?: string
    }
    answer: Diff
  }
  /**
   * Exact totals over billing periods, grouped by one or two columns, from the newest snapshots
   */
  getTotals: {
    params: {
      /**
       * Enrollment number, e.g. 100
       */
      enrollment: string
      /**
       * Dataset, by the name of the old API's route
       */
      dataset:
        'billingperiods' | 'balancesummary' | 'usagedetails' | 'marketplacecharges' | 'pricesheet'
      /**
       * First billing period, yyyyMM; by default, the first archived one
       */
      from?: string
      /**
       * Last billing period, yyyyMM; by default, the last archived one
       */
      to?: string
      /**
       * One or two columns to group by, or billingPeriod, e.g. serviceName,resourceGroup
       */
      groupBy?: string
      /**
       * Decimal columns to sum; by default, all
       */
      sum?: string
      /**
       * A condition, e.g. cost>=10.5 or date>=2017-04-05; can be repeated, and all conditions must hold
       *
       * @maxItems 10
       */
      where?: string[]
    }
    answer: Totals
  }
  /**
   * Fetch a series now; repeating the request while it runs returns the same refresh
   */
  refresh: {
    params: {
      /**
       * Enrollment number, e.g. 100
       */
      enrollment: string
      /**
       * Dataset, by the name of the old API's route
       */
      dataset:
        'billingperiods' | 'balancesummary' | 'usagedetails' | 'marketplacecharges' | 'pricesheet'
      /**
       * Billing period as yyyyMM; `all` for the list of billing periods
       */
      period: string
      /**
       * Source of the data, if several have it; by default the one that answers
       */
      source?: string
    }
    answer: Refresh
  }
  /**
   * The progress of a refresh
   */
  getRefresh: {
    params: {
      /**
       * Id of the refresh
       */
      id: string
    }
    answer: Refresh
  }
  /**
   * The state of a download
   */
  getDownload: {
    params: {
      /**
       * Id of the download
       */
      id: string
    }
    answer: Download
  }
  /**
   * The last verification result of each series, and the newest ledger
   */
  getVerification: {
    params: {}
    answer: Verification
  }
  /**
   * Whether the archive responds; with a key, the state of all series of its enrollments
   */
  getHealth: {
    params: {}
    answer: Health
  }
  /**
   * Billing periods
   */
  BillingPeriods_List: {
    params: {
      /**
       * Enrollment number
       */
      enrollmentNumber: string
    }
    answer: BillingPeriod[]
  }
  /**
   * Balance and summary, current period
   */
  BalanceSummary_Get: {
    params: {
      /**
       * Enrollment number
       */
      enrollmentNumber: string
    }
    answer: BalanceSummary[]
  }
  /**
   * Balance and summary of a billing period
   */
  BalanceSummary_GetByBillingPeriod: {
    params: {
      /**
       * Enrollment number
       */
      enrollmentNumber: string
      /**
       * Billing period, yyyyMM
       */
      billingPeriod: string
    }
    answer: BalanceSummary[]
  }
  /**
   * Usage details, current period
   */
  UsageDetails_List: {
    params: {
      /**
       * Enrollment number
       */
      enrollmentNumber: string
      /**
       * From a nextLink
       */
      skiptoken?: string
    }
    answer: UsageDetailPage
  }
  /**
   * Usage details of a billing period
   */
  UsageDetails_ListByBillingPeriod: {
    params: {
      /**
       * Enrollment number
       */
      enrollmentNumber: string
      /**
       * Billing period, yyyyMM
       */
      billingPeriod: string
      /**
       * From a nextLink
       */
      skiptoken?: string
    }
    answer: UsageDetailPage
  }
  /**
   * Usage details of usage dates
   */
  UsageDetails_ListByCustomDate: {
    params: {
      /**
       * Enrollment number
       */
      enrollmentNumber: string
      /**
       * First usage date, yyyy-MM-dd
       */
      startTime: string
      /**
       * Last usage date, yyyy-MM-dd, inclusive
       */
      endTime: string
      /**
       * From a nextLink
       */
      skiptoken?: string
    }
    answer: UsageDetailPage
  }
  /**
   * Usage details as CSV, queued
   */
  UsageDetails_Submit: {
    params: {
      /**
       * Enrollment number
       */
      enrollmentNumber: string
      /**
       * Billing period, yyyyMM
       */
      billingPeriod?: string
      /**
       * First usage date, yyyy-MM-dd
       */
      startTime?: string
      /**
       * Last usage date, yyyy-MM-dd, inclusive
       */
      endTime?: string
    }
    answer: Report
  }
  /**
   * The progress of a report
   */
  UsageDetails_GetReport: {
    params: {
      /**
       * Enrollment number
       */
      enrollmentNumber: string
      /**
       * Id of the report
       */
      reportId: string
    }
    answer: Report
  }
  /**
   * Marketplace store charges, current period
   */
  MarketplaceCharges_List: {
    params: {
      /**
       * Enrollment number
       */
      enrollmentNumber: string
    }
    answer: MarketplaceCharge[]
  }
  /**
   * Marketplace store charges of a billing period
   */
  MarketplaceCharges_ListByBillingPeriod: {
    params: {
      /**
       * Enrollment number
       */
      enrollmentNumber: string
      /**
       * Billing period, yyyyMM
       */
      billingPeriod: string
    }
    answer: MarketplaceCharge[]
  }
  /**
   * Marketplace store charges of usage dates
   */
  MarketplaceCharges_ListByCustomDate: {
    params: {
      /**
       * Enrollment number
       */
      enrollmentNumber: string
      /**
       * First usage date, yyyy-MM-dd
       */
      startTime: string
      /**
       * Last usage date, yyyy-MM-dd, inclusive
       */
      endTime: string
    }
    answer: MarketplaceCharge[]
  }
  /**
   * Price sheet, current period
   */
  PriceSheet_List: {
    params: {
      /**
       * Enrollment number
       */
      enrollmentNumber: string
    }
    answer: PriceSheetRow[]
  }
  /**
   * Price sheet of a billing period
   */
  PriceSheet_ListByBillingPeriod: {
    params: {
      /**
       * Enrollment number
       */
      enrollmentNumber: string
      /**
       * Billing period, yyyyMM
       */
      billingPeriod: string
    }
    answer: PriceSheetRow[]
  }
}
export interface Enrollments {
  enrollments: Enrollment[]
}
export interface Enrollment {
  /**
   * Enrollment number, e.g. 100
   */
  enrollment: string
  periods: string
}
export interface Periods {
  /**
   * Enrollment number, e.g. 100
   */
  enrollment: string
  periods: Period[]
}
export interface Period {
  billingPeriod: string
  firstDay: string | null
  lastDay: string | null
  datasets: ArchivedDataset[]
}
export interface ArchivedDataset {
  dataset: Dataset
  snapshots: string
  rows: string
}
export interface Snapshots {
  /**
   * Source of the rows; absent if only one has the dataset
   */
  source?: string
  dataset: Dataset
  /**
   * Enrollment number, e.g. 100
   */
  enrollment: string
  billingPeriod: string
  snapshots: SnapshotSummary[]
  next: string | null
}
export interface SnapshotSummary {
  number: number
  takenAt: string
  settled: boolean
  rowCount: number
  /**
   * Exact decimal sums by column, in plain notation
   */
  totals: {
    [k: string]: string
  }
  contentSha256: string
  /**
   * SHA-256 of the manifest, as the next snapshot and the ledgers record it
   */
  sha256: string
  manifest: string
  rows: string
}
export interface Manifest {
  format: 'billing-archive/1'
  source: Source
  dataset: string
  enrollment: string
  billingPeriod: string
  number: number
  planId: string
  settled: boolean
  takenAt: string
  columns: string[]
  rowsVersion: number
  unknownFields: string[]
  rowCount: number
  totals: {
    [k: string]: string
  }
  contentSha256: string
  parts: Part[]
  previous: null | PreviousSnapshot
  writer: Writer
  [k: string]: unknown
}
export interface Source {
  kind: string
  apiVersion: string
  [k: string]: unknown
}
export interface Part {
  key: string
  fetchedAt: string
  checkedAt: string
  rowCount: number
  totals: {
    [k: string]: string
  }
  leftOut?: {
    [k: string]: number
  }
  contentSha256: string
  rowsDigest?: string
  envelope: {
    [k: string]: string
  }
  files: PartFile[]
  [k: string]: unknown
}
export interface PartFile {
  format: FileFormat
  path: string
  rows: number
  bytes: number
  sha256: string
  rowsVersion: number
  slice?: string
  rowsDigest?: string
  [k: string]: unknown
}
export interface PreviousSnapshot {
  number: number
  sha256: string
  [k: string]: unknown
}
export interface Writer {
  name: string
  version: string
  [k: string]: unknown
}
export interface Rows {
  /**
   * Source of the rows; absent if only one has the dataset
   */
  source?: string
  dataset: Dataset
  /**
   * Enrollment number, e.g. 100
   */
  enrollment: string
  billingPeriod: string
  number: number
  takenAt: string
  settled: boolean
  rows: Row[]
  /**
   * The next page, of the same snapshot
   */
  next: string | null
}
/**
 * A row as the source sent it, or with the columns of `select`
 */
export interface Row {
  [k: string]: unknown
}
export interface Diff {
  from: SnapshotSize
  to: SnapshotSize
  added: number
  removed: number
  totals: TotalChange[]
  changes?: RowChange[]
}
export interface SnapshotSize {
  number: number
  rows: number
}
export interface TotalChange {
  column: string
  from: string
  to: string
  difference: string
}
export interface RowChange {
  kind: ChangeKind
  row: Row
}
export interface Totals {
  snapshots: SummedSnapshot[]
  groups: TotalsGroup[]
  rows: number
  /**
   * Exact decimal sums by column, in plain notation
   */
  totals: {
    [k: string]: string
  }
  /**
   * Number of values left out of the totals, by column, because they are not numbers or too long
   */
  leftOut?: {
    [k: string]: number
  }
}
export interface SummedSnapshot {
  /**
   * Source of the rows; absent if only one has the dataset
   */
  source?: string
  billingPeriod: string
  number: number
  takenAt: string
}
export interface TotalsGroup {
  key: {
    [k: string]: string
  }
  rows: number
  /**
   * Exact decimal sums by column, in plain notation
   */
  totals: {
    [k: string]: string
  }
  /**
   * Number of values left out of the totals, by column, because they are not numbers or too long
   */
  leftOut?: {
    [k: string]: number
  }
}
export interface Refresh {
  id: string
  /**
   * Source of the rows; absent if only one has the dataset
   */
  source?: string
  dataset: Dataset
  /**
   * Enrollment number, e.g. 100
   */
  enrollment: string
  billingPeriod: string
  status: RefreshStatus
  openedAt: string
  closedAt: string | null
  parts: null | Progress
  /**
   * The snapshot that it created or found unchanged
   */
  number: number | null
  failed: PartFailure[]
  url: string
}
export interface Progress {
  done: number
  of: number
}
export interface PartFailure {
  part: string
  code: string
  message: string
}
export interface Download {
  id: string
  kind: DownloadKind
  status: DownloadStatus
  requestedAt: string
  rows: number | null
  bytes: number | null
  sha256: string | null
  failure: null | Failure
  url: string
  /**
   * URL of the file once it exists; redirects to storage unless the file has no rows
   */
  file: string | null
}
export interface Failure {
  code: string
  message: string
}
export interface Verification {
  ledger: null | LedgerDigest
  series: VerifiedSeries[]
}
/**
 * The newest ledger. Its digest, kept elsewhere, proves the whole archive
 */
export interface LedgerDigest {
  number: number
  takenAt: string
  sha256: string
}
export interface VerifiedSeries {
  /**
   * Source of the rows; absent if only one has the dataset
   */
  source?: string
  dataset: Dataset
  /**
   * Enrollment number, e.g. 100
   */
  enrollment: string
  billingPeriod: string
  at: string
  snapshots: number
  files: number
  leftovers: number
  faults: Fault[]
}
export interface Fault {
  code: string
  blob: string
  message: string
  safe: string | null
}
export interface Health {
  status: HealthStatus
  /**
   * Number of faults that the last verification found outside the series, mainly in ledgers
   */
  faults?: number
  series?: SeriesHealth[]
  keys?: KeyHealth[]
  reconciliations?: Reconciliation[]
}
export interface SeriesHealth {
  /**
   * Source of the rows; absent if only one has the dataset
   */
  source?: string
  dataset: Dataset
  /**
   * Enrollment number, e.g. 100
   */
  enrollment: string
  billingPeriod: string
  /**
   * False if another source answers for this period: responses and the view come from that one
   */
  answers: boolean
  status: SeriesStatus
  plan: PlanState
  number: number | null
  settled: boolean
  checkedAt: string | null
  listed: boolean
  failed: FailedPart[]
  shrunk: null | Shrunk
  unknownFields: string[]
  drift: string[]
  verified: null | Verified
  view: null | ViewHealth
}
export interface FailedPart {
  part: string
  code: string
  message: string
  since: string
  at: string
}
export interface Shrunk {
  rows: number
  was: number
  since: string
}
export interface Verified {
  at: string
  faults: number
  repaired: number
}
export interface ViewHealth {
  number: number
  isBehind: boolean
  /**
   * Number of values in the Parquet column `exact`, by their own column
   */
  inexact: {
    [k: string]: number
  }
}
export interface KeyHealth {
  /**
   * Enrollment number, e.g. 100
   */
  enrollment: string
  level: KeyLevel
  message: string
  [k: string]: unknown
}
export interface Reconciliation {
  billingPeriod: string
  [k: string]: unknown
}
export interface BillingPeriod {
  billingPeriodId?: string | null
  billingStart?: string | null
  billingEnd?: string | null
  balanceSummary?: string | null
  usageDetails?: string | null
  marketplaceCharges?: string | null
  priceSheet?: string | null
  [k: string]: unknown
}
export interface BalanceSummary {
  id?: string | null
  billingPeriodId?: string | null
  currencyCode?: string | null
  beginningBalance?: string | null
  endingBalance?: string | null
  newPurchases?: string | null
  adjustments?: string | null
  utilized?: string | null
  serviceOverage?: string | null
  chargesBilledSeparately?: string | null
  totalOverage?: string | null
  totalUsage?: string | null
  azureMarketplaceServiceCharges?: string | null
  newPurchasesDetails?: NamedAmount[] | null
  adjustmentDetails?: NamedAmount[] | null
  [k: string]: unknown
}
export interface NamedAmount {
  name?: string | null
  value?: string | null
}
export interface UsageDetailPage {
  id: string
  data: UsageDetail[]
  nextLink: string | null
}
export interface UsageDetail {
  serviceName?: string | null
  serviceTier?: string | null
  location?: string | null
  chargesBilledSeparately?: boolean | null
  partNumber?: string | null
  resourceGuid?: string | null
  offerId?: string | null
  cost?: string | null
  accountId?: string | null
  productId?: string | null
  resourceLocationId?: string | null
  consumedServiceId?: string | null
  departmentId?: string | null
  accountOwnerEmail?: string | null
  accountName?: string | null
  serviceAdministratorId?: string | null
  subscriptionId?: string | null
  subscriptionGuid?: string | null
  subscriptionName?: string | null
  date?: string | null
  product?: string | null
  meterId?: string | null
  meterCategory?: string | null
  meterSubCategory?: string | null
  meterRegion?: string | null
  meterName?: string | null
  consumedQuantity?: string | null
  resourceRate?: string | null
  resourceLocation?: string | null
  consumedService?: string | null
  instanceId?: string | null
  serviceInfo1?: string | null
  serviceInfo2?: string | null
  additionalInfo?: string | null
  tags?: string | null
  storeServiceIdentifier?: string | null
  departmentName?: string | null
  costCenter?: string | null
  unitOfMeasure?: string | null
  resourceGroup?: string | null
  [k: string]: unknown
}
export interface Report {
  id: string
  enrollmentNumber: string
  requestedOn: string
  status: ReportStatus
  blobPath?: string | null
  reportUrl: string
  startDate?: string | null
  endDate?: string | null
}
export interface MarketplaceCharge {
  id?: string | null
  subscriptionGuid?: string | null
  subscriptionName?: string | null
  meterId?: string | null
  usageStartDate?: string | null
  usageEndDate?: string | null
  offerName?: string | null
  resourceGroup?: string | null
  instanceId?: string | null
  additionalInfo?: string | null
  tags?: string | null
  orderNumber?: string | null
  unitOfMeasure?: string | null
  costCenter?: string | null
  accountId?: string | null
  accountName?: string | null
  accountOwnerId?: string | null
  departmentId?: string | null
  departmentName?: string | null
  publisherName?: string | null
  planName?: string | null
  consumedQuantity?: string | null
  resourceRate?: string | null
  extendedCost?: string | null
  [k: string]: unknown
}
export interface PriceSheetRow {
  id?: string | null
  billingPeriodId?: string | null
  meterId?: string | null
  meterName?: string | null
  unitOfMeasure?: string | null
  includedQuantity?: string | null
  partNumber?: string | null
  unitPrice?: string | null
  currencyCode?: string | null
  [k: string]: unknown
}
export interface Problem {
  type: string
  title: string
  status: number
  code: string
}
/**
 * Parameters of the operations with files, by name.
 */
export interface FileOperations {
  /**
   * Rows of one snapshot
   */
  snapshotRows: {
    /**
     * Enrollment number, e.g. 100
     */
    enrollment: string
    /**
     * Dataset, by the name of the old API's route
     */
    dataset:
      'billingperiods' | 'balancesummary' | 'usagedetails' | 'marketplacecharges' | 'pricesheet'
    /**
     * Billing period as yyyyMM; `all` for the list of billing periods
     */
    period: string
    /**
     * Number of a snapshot, starting at 1
     */
    number: number
    format?: RowFormat
    /**
     * Columns to return, in this order, e.g. date,meterName,cost
     */
    select?: string
    /**
     * A condition, e.g. cost>=10.5 or date>=2017-04-05; can be repeated, and all conditions must hold
     *
     * @maxItems 10
     */
    where?: string[]
    /**
     * Rows per page, by default 1000; all: all rows as one file
     */
    limit?: string
    /**
     * Where the page begins, as given in the link to it
     */
    cursor?: string
    /**
     * Source of the data, if several have it; by default the one that answers
     */
    source?: string
  }
  /**
   * Rows of the newest snapshot, or of the newest one at a given time
   */
  newestRows: {
    /**
     * Enrollment number, e.g. 100
     */
    enrollment: string
    /**
     * Dataset, by the name of the old API's route
     */
    dataset:
      'billingperiods' | 'balancesummary' | 'usagedetails' | 'marketplacecharges' | 'pricesheet'
    /**
     * Billing period as yyyyMM; `all` for the list of billing periods
     */
    period: string
    format?: RowFormat
    /**
     * Columns to return, in this order, e.g. date,meterName,cost
     */
    select?: string
    /**
     * A condition, e.g. cost>=10.5 or date>=2017-04-05; can be repeated, and all conditions must hold
     *
     * @maxItems 10
     */
    where?: string[]
    /**
     * Rows per page, by default 1000; all: all rows as one file
     */
    limit?: string
    /**
     * The data as known at this time, e.g. 2026-11-24T12:00:00Z; a day means 00:00 UTC
     */
    asOf?: string
    /**
     * Source of the data, if several have it; by default the one that answers
     */
    source?: string
  }
  /**
   * A file of a snapshot, byte for byte; large files by redirect
   */
  getPartFile: {
    /**
     * Enrollment number, e.g. 100
     */
    enrollment: string
    /**
     * Dataset, by the name of the old API's route
     */
    dataset:
      'billingperiods' | 'balancesummary' | 'usagedetails' | 'marketplacecharges' | 'pricesheet'
    /**
     * Billing period as yyyyMM; `all` for the list of billing periods
     */
    period: string
    /**
     * Number of a snapshot, starting at 1
     */
    number: number
    /**
     * all, or a usage day as yyyy-MM-dd
     */
    part: string
    /**
     * Name of the file: the last segment of its path in the manifest
     */
    file: string
    /**
     * Source of the data, if several have it; by default the one that answers
     */
    source?: string
  }
  /**
   * The file of a download
   */
  getDownloadFile: {
    /**
     * Id of the download
     */
    id: string
  }
  /**
   * Usage details as CSV
   */
  UsageDetails_Download: {
    /**
     * Enrollment number
     */
    enrollmentNumber: string
    /**
     * Billing period, yyyyMM
     */
    billingPeriod?: string
    /**
     * First usage date, yyyy-MM-dd
     */
    startTime?: string
    /**
     * Last usage date, yyyy-MM-dd, inclusive
     */
    endTime?: string
  }
}

/** How each operation is requested. */
export const operations = {
  listEnrollments: { method: 'GET', path: '/archive/enrollments', decimals: false, waits: false },
  listPeriods: { method: 'GET', path: '/archive/enrollments/{enrollment}/periods', decimals: false, waits: false },
  listSnapshots: { method: 'GET', path: '/archive/enrollments/{enrollment}/{dataset}/{period}/snapshots', decimals: false, waits: false },
  getManifest: { method: 'GET', path: '/archive/enrollments/{enrollment}/{dataset}/{period}/snapshots/{number}', decimals: false, waits: false },
  snapshotRows: { method: 'GET', path: '/archive/enrollments/{enrollment}/{dataset}/{period}/snapshots/{number}/rows', decimals: true, waits: true },
  newestRows: { method: 'GET', path: '/archive/enrollments/{enrollment}/{dataset}/{period}/rows', decimals: true, waits: true },
  getPartFile: { method: 'GET', path: '/archive/enrollments/{enrollment}/{dataset}/{period}/snapshots/{number}/files/{part}/{file}', decimals: false, waits: false },
  getDiff: { method: 'GET', path: '/archive/enrollments/{enrollment}/{dataset}/{period}/diff', decimals: true, waits: true },
  getTotals: { method: 'GET', path: '/archive/enrollments/{enrollment}/{dataset}/totals', decimals: false, waits: true },
  refresh: { method: 'POST', path: '/archive/enrollments/{enrollment}/{dataset}/{period}/refresh', decimals: false, waits: false },
  getRefresh: { method: 'GET', path: '/archive/refreshes/{id}', decimals: false, waits: false },
  getDownload: { method: 'GET', path: '/archive/downloads/{id}', decimals: false, waits: false },
  getDownloadFile: { method: 'GET', path: '/archive/downloads/{id}/file', decimals: false, waits: false },
  getVerification: { method: 'GET', path: '/archive/verification', decimals: false, waits: false },
  getHealth: { method: 'GET', path: '/archive/health', decimals: false, waits: false },
  BillingPeriods_List: { method: 'GET', path: '/v3/enrollments/{enrollmentNumber}/billingPeriods', decimals: true, waits: false },
  BalanceSummary_Get: { method: 'GET', path: '/v3/enrollments/{enrollmentNumber}/balancesummary', decimals: true, waits: false },
  BalanceSummary_GetByBillingPeriod: { method: 'GET', path: '/v3/enrollments/{enrollmentNumber}/billingPeriods/{billingPeriod}/balancesummary', decimals: true, waits: false },
  UsageDetails_List: { method: 'GET', path: '/v3/enrollments/{enrollmentNumber}/usagedetails', decimals: true, waits: false },
  UsageDetails_ListByBillingPeriod: { method: 'GET', path: '/v3/enrollments/{enrollmentNumber}/billingPeriods/{billingPeriod}/usagedetails', decimals: true, waits: false },
  UsageDetails_ListByCustomDate: { method: 'GET', path: '/v3/enrollments/{enrollmentNumber}/usagedetailsbycustomdate', decimals: true, waits: false },
  UsageDetails_Download: { method: 'GET', path: '/v3/enrollments/{enrollmentNumber}/usagedetails/download', decimals: false, waits: false },
  UsageDetails_Submit: { method: 'POST', path: '/v3/enrollments/{enrollmentNumber}/usagedetails/submit', decimals: false, waits: false },
  UsageDetails_GetReport: { method: 'GET', path: '/v3/enrollments/{enrollmentNumber}/usagedetails/reports/{reportId}', decimals: false, waits: false },
  MarketplaceCharges_List: { method: 'GET', path: '/v3/enrollments/{enrollmentNumber}/marketplacecharges', decimals: true, waits: false },
  MarketplaceCharges_ListByBillingPeriod: { method: 'GET', path: '/v3/enrollments/{enrollmentNumber}/billingPeriods/{billingPeriod}/marketplacecharges', decimals: true, waits: false },
  MarketplaceCharges_ListByCustomDate: { method: 'GET', path: '/v3/enrollments/{enrollmentNumber}/marketplacechargesbycustomdate', decimals: true, waits: false },
  PriceSheet_List: { method: 'GET', path: '/v3/enrollments/{enrollmentNumber}/pricesheet', decimals: true, waits: false },
  PriceSheet_ListByBillingPeriod: { method: 'GET', path: '/v3/enrollments/{enrollmentNumber}/billingPeriods/{billingPeriod}/pricesheet', decimals: true, waits: false },
} as const satisfies Readonly<
  Record<
    keyof Operations | keyof FileOperations,
    { method: 'GET' | 'POST'; path: string; decimals: boolean; waits: boolean }
  >
>
