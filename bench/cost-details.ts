import { daysOf, monthOf } from '../local/simulator/months.ts'
import { memberOf, type Row, usageRow } from '../local/simulator/rows.ts'
import { type ColumnDefinition, type RowLayout, rowLayout } from '../shared/rows/row-layout.ts'

/** The header of a Cost Details report, version 2024-08-01. */
export const HEADER =
  'InvoiceSectionName,AccountName,AccountOwnerId,SubscriptionId,SubscriptionName,ResourceGroup,ResourceLocation,Date,ProductName,MeterCategory,MeterSubCategory,MeterId,MeterName,MeterRegion,UnitOfMeasure,Quantity,EffectivePrice,CostInBillingCurrency,CostCenter,ConsumedService,ResourceId,Tags,OfferId,AdditionalInfo,ServiceInfo1,ServiceInfo2,ResourceName,ReservationId,ReservationName,UnitPrice,ProductOrderId,ProductOrderName,Term,PublisherType,PublisherName,ChargeType,Frequency,PricingModel,AvailabilityZone,BillingAccountId,BillingAccountName,BillingCurrencyCode,BillingPeriodStartDate,BillingPeriodEndDate,BillingProfileId,BillingProfileName,InvoiceSectionId,IsAzureCreditEligible,PartNumber,PayGPrice,PlanName,ServiceFamily,CostAllocationRuleName,benefitId,benefitName,AccountId,ResourceLocationNormalized'

export const names = HEADER.split(',')

const NUMBERS = ['Quantity', 'EffectivePrice', 'CostInBillingCurrency', 'UnitPrice', 'PayGPrice']
const SUMMED = ['Quantity', 'CostInBillingCurrency']

/** A layout of these columns in lower camel case, so that names match only when their case is ignored. */
export const layout: RowLayout = rowLayout(
  names.map(
    (name): ColumnDefinition => ({
      name: ours(name),
      kind: NUMBERS.includes(name) ? 'number' : 'string',
      decimal: SUMMED.includes(name),
      usageDate: name === 'Date',
    }),
  ),
)

/** The layout's name for a column of the header. */
export function ours(name: string): string {
  return `${name.slice(0, 1).toLowerCase()}${name.slice(1)}`
}

const days = daysOf(monthOf('2017-04-30'), '2017-04-30')

/** `count` records from number `from` on; always the same. */
export function records(from: number, count: number): string {
  let text = ''
  for (let index = from; index < from + count; index++) {
    const date = days[index % days.length] ?? ''
    const key = { seed: 5, enrollment: '100', date, index, revision: 0, withNewField: false }
    text += `${fieldsOf(usageRow(key), date).map(written).join(',')}\r\n`
  }
  return text
}

/** A report: byte order mark, header, `count` records. */
export function report(from: number, count: number): Buffer {
  return Buffer.from(`\ufeff${HEADER}\r\n${records(from, count)}`)
}

const MEMBERS: Readonly<Record<string, string>> = {
  InvoiceSectionName: 'departmentName',
  AccountName: 'accountName',
  AccountOwnerId: 'accountOwnerEmail',
  SubscriptionId: 'subscriptionGuid',
  SubscriptionName: 'subscriptionName',
  ResourceGroup: 'resourceGroup',
  ResourceLocation: 'resourceLocation',
  ProductName: 'product',
  MeterCategory: 'meterCategory',
  MeterSubCategory: 'meterSubCategory',
  MeterId: 'meterId',
  MeterName: 'meterName',
  MeterRegion: 'meterRegion',
  UnitOfMeasure: 'unitOfMeasure',
  Quantity: 'consumedQuantity',
  EffectivePrice: 'resourceRate',
  CostInBillingCurrency: 'cost',
  CostCenter: 'costCenter',
  ConsumedService: 'consumedService',
  ResourceId: 'instanceId',
  OfferId: 'offerId',
  AdditionalInfo: 'additionalInfo',
  ServiceInfo1: 'serviceInfo1',
  UnitPrice: 'resourceRate',
  InvoiceSectionId: 'departmentId',
  PartNumber: 'partNumber',
  PayGPrice: 'resourceRate',
  AccountId: 'accountId',
  ResourceLocationNormalized: 'resourceLocation',
}

const SAME: Readonly<Record<string, string>> = {
  PublisherType: 'Azure',
  PublisherName: 'Microsoft',
  ChargeType: 'Usage',
  Frequency: 'UsageBased',
  PricingModel: 'OnDemand',
  BillingAccountId: '8611537',
  BillingAccountName: 'Example, Ltd.',
  BillingCurrencyCode: 'EUR',
  BillingPeriodStartDate: '04/01/2017',
  BillingPeriodEndDate: '04/30/2017',
  BillingProfileId: '8611537',
  BillingProfileName: 'Example, Ltd.',
  IsAzureCreditEligible: 'True',
  ServiceFamily: 'Compute',
}

function fieldsOf(row: Row, date: string): string[] {
  const [year = '', month = '', day = ''] = date.split('-')
  return names.map((name) => {
    if (name === 'Date') return `${month}/${day}/${year}`
    if (name === 'Tags') return tagsOf(memberText(row, 'tags'))
    if (name === 'ResourceName') return memberText(row, 'instanceId').split('/').at(-1) ?? ''
    return SAME[name] ?? (name in MEMBERS ? memberText(row, MEMBERS[name] as string) : '')
  })
}

/** The text of a member. */
function memberText(row: Row, name: string): string {
  const json = memberOf(row, name)
  if (json === 'null') return ''
  return json.startsWith('"') ? (JSON.parse(json) as string) : json
}

/** Cost Management writes tags without braces and with a space after each colon. */
function tagsOf(json: string): string {
  if (json === '') return ''
  const tags = Object.entries(JSON.parse(json) as Record<string, string>)
  return tags.map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`).join(',')
}

function written(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field
}
