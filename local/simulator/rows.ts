/**
 * Rows with the difficult features of real Enterprise bills. Every value is JSON text, so that clients get
 * exactly this spelling.
 */
import { randomFor } from './random.ts'
import { decimalText, nullable, TEAMS, tagsText } from './value-texts.ts'

/** A row: its members in the documented order. */
export type Row = readonly (readonly [key: string, json: string])[]

const texts = new Map<string, WeakMap<Row, string>>()

/** The row as the API of `version` sends it: v1 and v2 lack the later fields and spell `Cost`. */
export function rowText(row: Row, version: string): string {
  let known = texts.get(version)
  if (known === undefined) texts.set(version, (known = new WeakMap()))
  let text = known.get(row)
  if (text === undefined) known.set(row, (text = makeText(row, version)))
  return text
}

function makeText(row: Row, version: string): string {
  const members =
    version === 'v3'
      ? row
      : row
          .filter(([key]) => !V3_ONLY.has(key))
          .map(([key, json]) => [key === 'cost' ? 'Cost' : key, json] as const)
  return `{${members.map(([key, json]) => `"${key}":${json}`).join(',')}}`
}

/** The text of one member of a row. */
export function memberOf(row: Row, key: string): string {
  return row.find(([name]) => name === key)?.[1] ?? 'null'
}

const V3_ONLY = new Set([
  'serviceName',
  'serviceTier',
  'location',
  'chargesBilledSeparately',
  'partNumber',
  'resourceGuid',
  'offerId',
])

const SERVICES = [
  {
    name: 'Virtual Machines',
    tier: 'Virtual Machines Dsv3 Series',
    meter: 'D2s v3/D2s v3 Low Priority',
  },
  { name: 'Storage', tier: 'Premium SSD Managed Disks', meter: 'P10 LRS Disk, 128 GiB' },
  { name: 'Bandwidth', tier: 'Inter-Region', meter: 'Data Transfer Out – Zone 1' },
  { name: 'Azure App Service', tier: 'Free Plan', meter: 'F1 "Free" App' },
  { name: 'SQL Database', tier: 'Single Standard', meter: 'S3 DTUs' },
  { name: 'Log Analytics', tier: '', meter: 'Data Ingestion™' },
] as const

const REGIONS = ['westeurope', 'northeurope', 'eastus2', 'japaneast', 'Unassigned', ''] as const

const text = (value: string): string => JSON.stringify(value)

export interface UsageRowKey {
  readonly seed: number
  readonly enrollment: string
  /** Usage date. */
  readonly date: string
  readonly index: number
  /** Increases when the charge is restated. */
  readonly revision: number
  /** Rows of later pages have an unannounced field. */
  readonly withNewField: boolean
}

/** One row of usage details. */
export function usageRow(key: UsageRowKey): Row {
  const random = randomFor(`usage/${key.seed}/${key.enrollment}/${key.date}/${key.index}`)
  const service = random.pick(SERVICES)
  const region = random.pick(REGIONS)
  const subscription = random.int(12)
  const subscriptionGuid = randomFor(`subscription/${key.seed}/${subscription}`).guid()
  const group = `rg-${random.pick(['web', 'data', 'core', 'lab'])}-${random.int(40)}`
  const meterId = randomFor(`meter/${service.name}/${region}`).guid()
  const cost = decimalText(random)
  const instance = `/subscriptions/${subscriptionGuid}/resourceGroups/${group}/providers/Microsoft.Compute/virtualMachines/vm-${random.hex(6)}`
  const row: [string, string][] = [
    ['serviceName', text(service.name)],
    ['serviceTier', text(service.tier)],
    ['location', text(region)],
    ['chargesBilledSeparately', random.int(20) === 0 ? 'true' : 'false'],
    ['partNumber', text(`AAA-${random.int(90_000)}`)],
    ['resourceGuid', text(meterId)],
    ['offerId', text('MS-AZR-0017P')],
    ['cost', key.revision > 0 ? restated(cost, key.revision) : cost],
    ['accountId', String(19_000 + random.int(30))],
    ['productId', String(343 + random.int(900))],
    ['resourceLocationId', String(random.int(60))],
    ['consumedServiceId', String(random.int(60))],
    ['departmentId', random.int(6) === 0 ? 'null' : String(1_000 + random.int(20))],
    ['accountOwnerEmail', text(`owner${random.int(30)}@example.com`)],
    ['accountName', text(`${random.pick(TEAMS)} account`)],
    ['serviceAdministratorId', nullable(random, text(`admin${random.int(9)}@example.com`))],
    ['subscriptionId', String(1_000_000 + subscription)],
    ['subscriptionGuid', text(subscriptionGuid)],
    ['subscriptionName', text(`${random.pick(['Pay', 'EA', 'Dev/Test'])}, ${subscription}`)],
    ['date', text(`${key.date}T00:00:00`)],
    ['product', text(`${service.name} - ${service.tier} - ${service.meter}`)],
    ['meterId', text(meterId)],
    ['meterCategory', text(service.name)],
    ['meterSubCategory', text(service.tier)],
    ['meterRegion', text(region)],
    ['meterName', text(service.meter)],
    ['consumedQuantity', decimalText(random)],
    ['resourceRate', decimalText(random)],
    ['resourceLocation', text(region)],
    ['consumedService', text('Microsoft.Compute')],
    ['instanceId', text(instance)],
    ['serviceInfo1', nullable(random, text(`info ${random.hex(4)}`))],
    ['serviceInfo2', nullable(random, text('Windows\\Server "2019"'))],
    [
      'additionalInfo',
      nullable(random, text(JSON.stringify({ VMName: `vm-${random.hex(4)}`, vCPUs: 2 }))),
    ],
    ['tags', tagsText(random)],
    ['storeServiceIdentifier', text('')],
    ['departmentName', nullable(random, text(random.pick(TEAMS)))],
    ['costCenter', nullable(random, text(String(random.int(9_999)).padStart(6, '0')))],
    ['unitOfMeasure', text(random.pick(['1 Hour', '10 Hours', '1 GB/Month', '10 K']))],
    ['resourceGroup', text(group)],
  ]
  if (key.withNewField) row.push(['benefitName', text(`Savings "plan", ${random.int(9)}`)])
  return row
}

/** A corrected amount: another number that keeps the spelling of the first. */
function restated(cost: string, revision: number): string {
  return cost.includes('E') || cost === '0' ? `${revision}.25` : `${cost}${revision}`
}

/** One row of Marketplace charges. */
export function marketplaceRow(key: Omit<UsageRowKey, 'withNewField'>): Row {
  const random = randomFor(`marketplace/${key.seed}/${key.enrollment}/${key.date}/${key.index}`)
  const cost = decimalText(random)
  return [
    ['id', text(random.guid())],
    ['subscriptionGuid', text(random.guid())],
    ['subscriptionName', text(`EA, ${random.int(12)}`)],
    ['meterId', text(random.guid())],
    ['usageStartDate', text(`${key.date}T00:00:00Z`)],
    ['usageEndDate', text(`${key.date}T23:59:59Z`)],
    [
      'offerName',
      text(random.pick(['Virtual LoadMaster™', 'SendGrid Free', 'Barracuda, NextGen'])),
    ],
    ['resourceGroup', text(`rg-${random.int(40)}`)],
    ['instanceId', text(`/subscriptions/${random.guid()}`)],
    ['additionalInfo', nullable(random, text(JSON.stringify({ ImageType: null, note: 'a "b"' })))],
    ['tags', tagsText(random)],
    ['orderNumber', text(String(random.int(99_999)).padStart(10, '0'))],
    ['unitOfMeasure', text('1 Hour')],
    ['costCenter', nullable(random, text(String(random.int(999)).padStart(5, '0')))],
    ['accountId', String(19_000 + random.int(30))],
    ['accountName', text(random.pick(TEAMS))],
    ['accountOwnerId', text(`owner${random.int(30)}@example.com`)],
    ['departmentId', String(1_000 + random.int(20))],
    ['departmentName', nullable(random, text(random.pick(TEAMS)))],
    ['publisherName', text(random.pick(['Kemp Technologies Inc.', 'SendGrid']))],
    ['planName', text(random.pick(['free', 'VLM-200 (BYOL)']))],
    ['consumedQuantity', decimalText(random)],
    ['resourceRate', decimalText(random)],
    ['extendedCost', key.revision > 0 ? restated(cost, key.revision) : cost],
  ]
}

/** One row of a price sheet. */
export function priceRow(seed: number, enrollment: string, period: string, index: number): Row {
  const random = randomFor(`price/${seed}/${enrollment}/${index}`)
  const product = 343 + index
  return [
    [
      'id',
      text(`enrollments/${enrollment}/billingperiods/${period}/products/${product}/pricesheets`),
    ],
    ['billingPeriodId', text(period)],
    ['meterId', text(random.guid())],
    ['meterName', text(random.pick(SERVICES).meter)],
    ['unitOfMeasure', text(random.pick(['100 Hours', '1 GB', '10,000 Requests']))],
    ['includedQuantity', random.int(5) === 0 ? '100.00' : '0.0000000'],
    ['partNumber', text(`N7H-0${random.int(9_999)}`)],
    ['unitPrice', random.int(4) === 0 ? '0.00' : decimalText(random).replace('-', '')],
    ['currencyCode', text('EUR')],
  ]
}
