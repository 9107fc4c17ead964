import { columns, type Dataset } from './dataset.ts'

/** Prices of a billing period, one unpaged body. Article: billing-enterprise-api-pricesheet. */
export const priceSheet: Dataset = {
  name: 'pricesheet',
  shape: 'list',
  paged: false,
  perPeriod: true,
  byDay: false,
  route: 'pricesheet',
  customDateRoute: null,
  csvReport: null,
  periodField: 'priceSheet',
  rowsVersion: 1,
  columns: columns(
    [
      'id',
      'billingPeriodId',
      'meterId',
      'meterName',
      'unitOfMeasure',
      'includedQuantity',
      'partNumber',
      'unitPrice',
      'currencyCode',
    ],
    // Sums of prices mean nothing as money, but they detect a change in any digit of the column.
    {
      decimals: ['includedQuantity', 'unitPrice'],
      // A single price may be null; such rows are archived as sent. An error object has neither field.
      identity: [
        ['meterId', 'partNumber', 'meterName'],
        ['unitPrice', 'unitOfMeasure'],
      ],
      kinds: { billingPeriodId: 'any' },
    },
  ),
  v3Fields: [],
  earlierNames: {},
  costColumn: null,
  schedule: { setting: 'PRICESHEET_SCHEDULE', default: '0 40 3 * * *' },
}
