import { columns, type Dataset } from './dataset.ts'

/** The list of an enrollment's billing periods, newest first. Article: billing-enterprise-api-billing-periods. */
export const billingPeriods: Dataset = {
  name: 'billingperiods',
  shape: 'list',
  paged: false,
  perPeriod: false,
  byDay: false,
  route: 'billingperiods',
  customDateRoute: null,
  csvReport: null,
  periodField: null,
  rowsVersion: 1,
  columns: columns(
    [
      'billingPeriodId',
      'billingStart',
      'billingEnd',
      'balanceSummary',
      'usageDetails',
      'marketplaceCharges',
      'priceSheet',
    ],
    // No identity: bad rows of this list are skipped one by one, so that the others still count.
    { kinds: { billingPeriodId: 'any' } },
  ),
  v3Fields: [],
  earlierNames: {},
  costColumn: null,
  schedule: { setting: 'BILLINGPERIODS_SCHEDULE', default: '0 0 3 * * *' },
}
