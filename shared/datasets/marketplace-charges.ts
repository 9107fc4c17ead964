import { date, decimal, number, rate, string } from './column.ts'
import type { Dataset } from './dataset.ts'

/** Usage-based Marketplace charges by day. Article: billing-enterprise-api-marketplace-storecharge. */
export const marketplaceCharges: Dataset = {
  name: 'marketplacecharges',
  perPeriod: true,
  rowsVersion: 1,
  costColumn: 'extendedCost',
  summary: {
    date: 'usageStartDate',
    service: 'offerName',
    subscriptionGuid: 'subscriptionGuid',
    subscriptionName: 'subscriptionName',
  },
  columns: [
    string('id'),
    string('subscriptionGuid'),
    string('subscriptionName'),
    string('meterId'),
    date('usageStartDate'),
    string('usageEndDate'),
    string('offerName'),
    string('resourceGroup'),
    string('instanceId'),
    string('additionalInfo'),
    string('tags'),
    string('orderNumber'),
    string('unitOfMeasure'),
    string('costCenter'),
    number('accountId'),
    string('accountName'),
    string('accountOwnerId'),
    number('departmentId'),
    string('departmentName'),
    string('publisherName'),
    string('planName'),
    decimal('consumedQuantity', { identity: 0 }),
    rate('resourceRate'),
    decimal('extendedCost', { identity: 0 }),
  ],
}
