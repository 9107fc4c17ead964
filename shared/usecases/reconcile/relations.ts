/**
 * The relations that should hold between the datasets of one billing period. Source:
 * billing-enterprise-api-balance-summary, MicrosoftDocs/azure-docs: balances are rounded to the currency's
 * minor unit, usage costs are not.
 */

import { sumTexts } from '../../rows/decimal/decimal.ts'
import {
  compareDecimals,
  difference,
  magnitude,
  minorUnits,
  rounded,
} from '../../rows/decimal/decimal-text.ts'

/** Exact sums over the rows of a period; null if the dataset is not archived. */
export interface PeriodSums {
  /** Sum of `cost` in usage details. */
  readonly usage: string | null
  /** The same, over rows whose `chargesBilledSeparately` is true. */
  readonly separately: string | null
  /** Sum of `extendedCost` in Marketplace charges. */
  readonly marketplace: string | null
}

/** A balance's decimals by name, and its currency. */
export interface Balance {
  readonly currency: string
  readonly fields: Readonly<Record<string, string | null>>
}

/** One relation, and whether the archived figures satisfy it. */
export interface RelationCheck {
  readonly relation: string
  readonly left: string
  readonly right: string
  /** `left - right`, exactly. */
  readonly difference: string
  readonly agrees: boolean
}

interface Relation {
  readonly name: string
  readonly left: (sums: PeriodSums, field: Field) => string | null
  readonly right: string
  /** A smaller left side is correct too. */
  readonly isUpperBound: boolean
}

type Field = (name: string) => string | null

const RELATIONS: readonly Relation[] = [
  {
    name: 'sum of usage costs = totalUsage',
    left: ({ usage }) => usage,
    right: 'totalUsage',
    isUpperBound: false,
  },
  {
    name: 'sum of usage costs billed separately = chargesBilledSeparately',
    left: ({ separately }) => separately,
    right: 'chargesBilledSeparately',
    isUpperBound: false,
  },
  {
    name: 'sum of Marketplace charges <= azureMarketplaceServiceCharges',
    left: ({ marketplace }) => marketplace,
    right: 'azureMarketplaceServiceCharges',
    isUpperBound: true,
  },
  {
    name: 'serviceOverage + chargesBilledSeparately = totalOverage',
    left: (_sums, field) => {
      const parts = [field('serviceOverage'), field('chargesBilledSeparately')]
      return parts.includes(null) ? null : sumTexts(parts.flatMap((part) => part ?? []))
    },
    right: 'totalOverage',
    isUpperBound: false,
  },
]

/** Every relation whose figures are all available. `tolerance`: an amount as text. */
export function checkRelations(
  { currency, fields }: Balance,
  sums: PeriodSums,
  tolerance: string,
): RelationCheck[] {
  const digits = minorUnits(currency)
  const field: Field = (name) => fields[name] ?? null
  return RELATIONS.flatMap(({ name, left: leftOf, right: rightName, isUpperBound }) => {
    const [left, right] = [leftOf(sums, field), field(rightName)]
    if (left === null || right === null) return []
    const off = difference(rounded(left, digits), rounded(right, digits))
    const counts = isUpperBound && off.startsWith('-') ? '0' : magnitude(off)
    const agrees = compareDecimals(counts, tolerance) <= 0
    return [{ relation: name, left, right, difference: difference(left, right), agrees }]
  })
}
