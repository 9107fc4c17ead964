import { columns, type Dataset } from './dataset.ts'

const decimals = [
  'beginningBalance',
  'endingBalance',
  'newPurchases',
  'adjustments',
  'utilized',
  'serviceOverage',
  'chargesBilledSeparately',
  'totalOverage',
  'totalUsage',
  'azureMarketplaceServiceCharges',
]

/** One object per billing period. Article: billing-enterprise-api-balance-summary. */
export const balanceSummary: Dataset = {
  name: 'balancesummary',
  shape: 'object',
  paged: false,
  perPeriod: true,
  byDay: false,
  route: 'balancesummary',
  customDateRoute: null,
  csvReport: null,
  periodField: 'balanceSummary',
  rowsVersion: 1,
  columns: columns(
    [
      'id',
      'billingPeriodId',
      'currencyCode',
      ...decimals,
      'newPurchasesDetails',
      'adjustmentDetails',
    ],
    {
      decimals,
      identity: [['billingPeriodId', 'currencyCode'], ['totalUsage']],
      kinds: {
        billingPeriodId: 'any', // documented as a string, sent as a number in examples
        newPurchasesDetails: 'nested',
        adjustmentDetails: 'nested',
      },
    },
  ),
  v3Fields: [],
  earlierNames: {},
  costColumn: 'totalUsage',
  schedule: { setting: 'BALANCESUMMARY_SCHEDULE', default: '0 10 3 * * *' },
}
