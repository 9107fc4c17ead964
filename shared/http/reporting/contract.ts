/**
 * What the old API says about each of its datasets: routes, bodies, and the fields of its versions. It is
 * frozen, and served whatever source the rows came from. Source: billing-enterprise-api articles,
 * MicrosoftDocs/azure-docs.
 */
import type { Dataset, DatasetName } from '../../datasets/dataset.ts'
import { ArchiveError } from '../../errors.ts'
import type { BodyShape } from '../../rows/json/body-shape.ts'

/** One dataset of the old API. */
export interface ReportContract {
  readonly dataset: DatasetName
  /** Last path segment of its route for one billing period, and of the one for custom dates where there is one. */
  readonly route: string
  readonly customDateRoute: string | null
  /** The answer is an envelope with pages, not a bare array. */
  readonly paged: boolean
  /** A list of rows, or one object. */
  readonly shape: BodyShape
  /**
   * Fields of the API's CSV, in order: the immediate one (`…/download`) and the polled report (`…/submit`).
   * Null if there is none.
   */
  readonly csvReport: readonly string[] | null
  /** Fields added in version 3 of the API: v1 and v2 answers omit them. */
  readonly v3Fields: readonly string[]
  /** Fields that v1 and v2 spell differently. */
  readonly earlierNames: Readonly<Record<string, string>>
  /** Its name in words, in the names of operations, and the name of its row: for the API's description. */
  readonly title: string
  readonly group: string
  readonly row: string
}

/** Fields added in version 3 of the API, in the documented order. */
const USAGE_V3_FIELDS = [
  'serviceName',
  'serviceTier',
  'location',
  'chargesBilledSeparately',
  'partNumber',
  'resourceGuid',
  'offerId',
]

/**
 * Columns of the API's CSV, as in a stored download and as public clients read them: later additions come
 * last.
 */
const USAGE_CSV = [
  'accountId',
  'accountName',
  'accountOwnerEmail',
  'additionalInfo',
  'consumedQuantity',
  'consumedService',
  'consumedServiceId',
  'cost',
  'costCenter',
  'date',
  'departmentId',
  'departmentName',
  'instanceId',
  'meterCategory',
  'meterId',
  'meterName',
  'meterRegion',
  'meterSubCategory',
  'product',
  'productId',
  'resourceGroup',
  'resourceLocation',
  'resourceLocationId',
  'resourceRate',
  'serviceAdministratorId',
  'serviceInfo1',
  'serviceInfo2',
  'storeServiceIdentifier',
  'subscriptionGuid',
  'subscriptionId',
  'subscriptionName',
  'tags',
  'unitOfMeasure',
  'partNumber',
  'resourceGuid',
  'offerId',
  'chargesBilledSeparately',
  'location',
  'serviceName',
  'serviceTier',
]

/** What most datasets have in common. */
const PLAIN = {
  customDateRoute: null,
  paged: false,
  shape: 'list',
  csvReport: null,
  v3Fields: [],
  earlierNames: {},
} as const

/** The old API's datasets, in display order. */
export const reportContracts: readonly ReportContract[] = [
  {
    ...PLAIN,
    dataset: 'billingperiods',
    route: 'billingperiods',
    title: 'Billing periods',
    group: 'BillingPeriods',
    row: 'BillingPeriod',
  },
  {
    ...PLAIN,
    dataset: 'balancesummary',
    route: 'balancesummary',
    shape: 'object',
    title: 'Balance and summary',
    group: 'BalanceSummary',
    row: 'BalanceSummary',
  },
  {
    dataset: 'usagedetails',
    route: 'usagedetails',
    customDateRoute: 'usagedetailsbycustomdate',
    paged: true,
    shape: 'list',
    csvReport: USAGE_CSV,
    v3Fields: USAGE_V3_FIELDS,
    earlierNames: { cost: 'Cost' },
    title: 'Usage details',
    group: 'UsageDetails',
    row: 'UsageDetail',
  },
  {
    ...PLAIN,
    dataset: 'marketplacecharges',
    route: 'marketplacecharges',
    customDateRoute: 'marketplacechargesbycustomdate',
    title: 'Marketplace store charges',
    group: 'MarketplaceCharges',
    row: 'MarketplaceCharge',
  },
  {
    ...PLAIN,
    dataset: 'pricesheet',
    route: 'pricesheet',
    title: 'Price sheet',
    group: 'PriceSheet',
    row: 'PriceSheetRow',
  },
]

const byDataset = new Map<string, ReportContract>(
  reportContracts.map((contract) => [contract.dataset, contract]),
)

/** The contract of a dataset; null if the old API does not have it. */
export function contractOrNull({ name }: Pick<Dataset, 'name'>): ReportContract | null {
  return byDataset.get(name) ?? null
}

/** The contract of a dataset of the old API; throws `NOT_FOUND` for another one. */
export function contractOf(dataset: Pick<Dataset, 'name'>): ReportContract {
  const contract = contractOrNull(dataset)
  if (contract !== null) return contract
  throw new ArchiveError('NOT_FOUND', `the old API has no ${dataset.name}`)
}

/** The fields of the old API's CSV of a dataset, in order; none if it has no CSV of it. */
export function reportFields(dataset: string): readonly string[] {
  return byDataset.get(dataset)?.csvReport ?? []
}

/** The server whose contract this is, as its clients know it. */
export const OLD_API = 'consumption.azure.com'
