import { any, decimal, string } from './column.ts'
import type { Dataset } from './dataset.ts'

/** Prices of a billing period, one unpaged body. Article: billing-enterprise-api-pricesheet. */
export const priceSheet: Dataset = {
  name: 'pricesheet',
  perPeriod: true,
  rowsVersion: 1,
  costColumn: null,
  summary: null,
  // A single price may be null; such rows are archived as sent. An error object has no column of either group.
  columns: [
    string('id'),
    any('billingPeriodId'),
    string('meterId', { identity: 0 }),
    string('meterName', { identity: 0 }),
    string('unitOfMeasure', { identity: 1 }),
    // Sums of prices mean nothing as money, but they detect a change in any digit of the column.
    decimal('includedQuantity'),
    string('partNumber', { identity: 0 }),
    decimal('unitPrice', { identity: 1 }),
    string('currencyCode'),
  ],
}
