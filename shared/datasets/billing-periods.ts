import { any, string } from './column.ts'
import type { Dataset } from './dataset.ts'

/** The list of an enrollment's billing periods, newest first. Article: billing-enterprise-api-billing-periods. */
export const billingPeriods: Dataset = {
  name: 'billingperiods',
  perPeriod: false,
  rowsVersion: 1,
  costColumn: null,
  summary: null,
  // No identity: bad rows of this list are skipped one by one, so that the others still count.
  columns: [
    any('billingPeriodId'),
    string('billingStart'),
    string('billingEnd'),
    string('balanceSummary'),
    string('usageDetails'),
    string('marketplaceCharges'),
    string('priceSheet'),
  ],
}
