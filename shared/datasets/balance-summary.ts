import { any, decimal, nested, string } from './column.ts'
import type { Dataset } from './dataset.ts'

/** One object per billing period. Article: billing-enterprise-api-balance-summary. */
export const balanceSummary: Dataset = {
  name: 'balancesummary',
  perPeriod: true,
  rowsVersion: 1,
  costColumn: 'totalUsage',
  summary: null,
  columns: [
    string('id'),
    any('billingPeriodId', { identity: 0 }), // documented as a string, sent as a number in examples
    string('currencyCode', { identity: 0 }),
    decimal('beginningBalance'),
    decimal('endingBalance'),
    decimal('newPurchases'),
    decimal('adjustments'),
    decimal('utilized'),
    decimal('serviceOverage'),
    decimal('chargesBilledSeparately'),
    decimal('totalOverage'),
    decimal('totalUsage', { identity: 1 }),
    decimal('azureMarketplaceServiceCharges'),
    nested('newPurchasesDetails'),
    nested('adjustmentDetails'),
  ],
}
