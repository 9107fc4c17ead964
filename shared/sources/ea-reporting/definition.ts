import type { SourceDefinition } from '../source.ts'
import { askedFor } from './asked-for.ts'
import { parseBillingPeriods } from './billing-periods.ts'
import { API_VERSION } from './routes.ts'

/** The Enterprise Reporting APIs, as far as they are known without asking them. */
export const eaReportingDefinition: SourceDefinition = {
  kind: 'ea-reporting',
  apiVersion: API_VERSION,
  standing: 'live',
  offers: askedFor.map(({ dataset, customDateRoute }) => ({
    dataset,
    byDay: customDateRoute !== null,
  })),
  periods: { dataset: 'billingperiods', parse: parseBillingPeriods },
}
