/**
 * How to request each dataset from this source. Source: billing-enterprise-api articles,
 * MicrosoftDocs/azure-docs.
 */
import type { DatasetName } from '../../datasets/dataset.ts'
import { ArchiveError } from '../../errors.ts'
import type { BodyShape } from '../../rows/json/body-shape.ts'

/** How to request a dataset from the source. */
export interface AskedFor {
  readonly dataset: DatasetName
  /** Last path segment of the route for one billing period, and of the one for custom dates where there is one. */
  readonly route: string
  readonly customDateRoute: string | null
  /** How rows appear in the source's answers. */
  readonly shape: BodyShape
  /** Field of a billing period that holds the dataset's path; null if it has none. */
  readonly periodField: string | null
}

export const askedFor: readonly AskedFor[] = [
  {
    dataset: 'billingperiods',
    route: 'billingperiods',
    customDateRoute: null,
    shape: 'list',
    periodField: null,
  },
  {
    dataset: 'balancesummary',
    route: 'balancesummary',
    customDateRoute: null,
    shape: 'object',
    periodField: 'balanceSummary',
  },
  {
    dataset: 'usagedetails',
    route: 'usagedetails',
    customDateRoute: 'usagedetailsbycustomdate',
    shape: 'list',
    periodField: 'usageDetails',
  },
  {
    dataset: 'marketplacecharges',
    route: 'marketplacecharges',
    customDateRoute: 'marketplacechargesbycustomdate',
    shape: 'list',
    periodField: 'marketplaceCharges',
  },
  {
    dataset: 'pricesheet',
    route: 'pricesheet',
    customDateRoute: null,
    shape: 'list',
    periodField: 'priceSheet',
  },
]

/** How to request `dataset` from the source; throws `NOT_FOUND` if the source does not offer it. */
export function askedForOf(dataset: string): AskedFor {
  const found = askedFor.find((each) => each.dataset === dataset)
  if (found !== undefined) return found
  throw new ArchiveError('NOT_FOUND', `the Enterprise Reporting APIs have no ${dataset}`)
}
