/** Rows as documented by the API, with each field as JSON text, so that a case can replace any field. */
import type { DatasetName } from '../../shared/datasets/dataset.ts'

type Fields = Readonly<Record<string, string>>

const usage: Fields = {
  serviceName: '"Virtual Machines"',
  serviceTier: '"D Series"',
  location: '"EU West"',
  chargesBilledSeparately: 'false',
  partNumber: '"AAA-1"',
  resourceGuid: '"6f9c"',
  offerId: '"MS-AZR-0017P"',
  cost: '1.0500',
  accountId: '23467313421',
  productId: '7',
  resourceLocationId: '1',
  consumedServiceId: '2',
  departmentId: '3',
  accountOwnerEmail: '"a@example.com"',
  accountName: '"Account"',
  serviceAdministratorId: '""',
  subscriptionId: '5',
  subscriptionGuid: '"0000-1"',
  subscriptionName: '"Production"',
  date: '"2017-04-03T00:00:00"',
  product: '"D2 v3"',
  meterId: '"m-1"',
  meterCategory: '"Compute"',
  meterSubCategory: 'null',
  meterRegion: '"west"',
  meterName: '"Hours"',
  consumedQuantity: '0.000416666666666667000',
  resourceRate: '2.52',
  resourceLocation: '"westeurope"',
  consumedService: '"Microsoft.Compute"',
  instanceId: '"/subscriptions/1/vm"',
  serviceInfo1: '""',
  serviceInfo2: '""',
  additionalInfo: '"{\\"ServiceType\\":\\"D2\\"}"',
  tags: '"{\\"team\\":\\"a, b\\"}"',
  storeServiceIdentifier: '""',
  departmentName: '"IT"',
  costCenter: '"00042"',
  unitOfMeasure: '"Hours"',
  resourceGroup: '"rg"',
}

const marketplace: Fields = {
  id: '"1"',
  subscriptionGuid: '"0000-1"',
  subscriptionName: '"Production"',
  meterId: '"m-1"',
  usageStartDate: '"2017-04-03T00:00:00Z"',
  usageEndDate: '"2017-04-04T00:00:00Z"',
  offerName: '"Virtual LoadMaster™"',
  resourceGroup: '"rg"',
  instanceId: '"i"',
  additionalInfo: '""',
  tags: '""',
  orderNumber: '"o-1"',
  unitOfMeasure: '"Hours"',
  costCenter: '"00042"',
  accountId: '100',
  accountName: '"Account"',
  accountOwnerId: '"a@example.com"',
  departmentId: '1',
  departmentName: '"IT"',
  publisherName: '"Publisher"',
  planName: '"Plan"',
  consumedQuantity: '24.00',
  resourceRate: '0.1',
  extendedCost: '2.4000',
}

const price: Fields = {
  id: '"enrollments/100/billingperiods/201704/products/343/pricesheets"',
  billingPeriodId: '"201704"',
  meterId: '"m-1"',
  meterName: '"Hours"',
  unitOfMeasure: '"100 Hours"',
  includedQuantity: '0.00',
  partNumber: '"N7H-00015"',
  unitPrice: '0.00',
  currencyCode: '"EUR"',
}

const balance: Fields = {
  id: '"enrollments/100/billingperiods/201704/balancesummaries"',
  billingPeriodId: '201704',
  currencyCode: '"EUR"',
  beginningBalance: '1000.00',
  endingBalance: '800.00',
  newPurchases: '0',
  adjustments: '0',
  utilized: '200.00',
  serviceOverage: '0',
  chargesBilledSeparately: '0',
  totalOverage: '0',
  totalUsage: '200.0000',
  azureMarketplaceServiceCharges: '10.50',
  newPurchasesDetails: '[{"name":"","value":0}]',
  adjustmentDetails: '[]',
}

const period: Fields = {
  billingPeriodId: '"201704"',
  billingStart: '"2017-04-01T00:00:00Z"',
  billingEnd: '"2017-04-30T11:59:59Z"',
  balanceSummary: '"/v1/enrollments/100/billingperiods/201704/balancesummary"',
  usageDetails: '"/v1/enrollments/100/billingperiods/201704/usagedetails"',
  marketplaceCharges: '"/v1/enrollments/100/billingperiods/201704/marketplacecharges"',
  priceSheet: '"/v1/enrollments/100/billingperiods/201704/pricesheet"',
}

const rowsOf: Readonly<Record<DatasetName, Fields>> = {
  usagedetails: usage,
  marketplacecharges: marketplace,
  pricesheet: price,
  balancesummary: balance,
  billingperiods: period,
}

/** A row with some fields replaced, added, or (with null) removed. */
export function rowOf(
  dataset: DatasetName,
  other: Readonly<Record<string, string | null>> = {},
): string {
  const members = Object.entries({ ...rowsOf[dataset], ...other }).flatMap(([name, value]) =>
    value === null ? [] : [`${JSON.stringify(name)}:${value}`],
  )
  return `{${members.join(',')}}`
}

/** `count` different ordinary rows; one for a balance. */
export function plainRows(dataset: DatasetName, count: number, mark = 0): string[] {
  if (dataset === 'balancesummary') return [rowOf(dataset, { utilized: `${200 + mark}.10` })]
  if (dataset === 'billingperiods') return [rowOf(dataset)]
  const amount = dataset === 'pricesheet' ? 'unitPrice' : amountOf(dataset)
  return Array.from({ length: count }, (_, i) => rowOf(dataset, { [amount]: `${mark}.${i + 1}0` }))
}

/** The summed column used by cases. */
export function amountOf(dataset: DatasetName): string {
  switch (dataset) {
    case 'usagedetails':
      return 'cost'
    case 'marketplacecharges':
      return 'extendedCost'
    case 'pricesheet':
      return 'unitPrice'
    default:
      return 'utilized'
  }
}

/** A period as in the list of billing periods, with its datasets. */
export function periodRow(id: string, datasets: readonly string[]): string {
  const year = id.slice(0, 4)
  const month = id.slice(4)
  const lastDay = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate()
  const path = (field: string): string =>
    datasets.includes(field.toLowerCase()) ? JSON.stringify(`/v1/${id}/${field}`) : 'null'
  return rowOf('billingperiods', {
    billingPeriodId: JSON.stringify(id),
    billingStart: `"${year}-${month}-01T00:00:00Z"`,
    billingEnd: `"${year}-${month}-${lastDay}T11:59:59Z"`,
    balanceSummary: path('balanceSummary'),
    usageDetails: path('usageDetails'),
    marketplaceCharges: path('marketplaceCharges'),
    priceSheet: path('priceSheet'),
  })
}
