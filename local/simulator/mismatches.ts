/** Bills that contradict themselves, each in one way, for reconciliation to find. */
import type { FaultRule } from './faults.ts'

export type Mismatch =
  | 'usage-total'
  | 'billed-separately'
  | 'marketplace-total'
  | 'overage-total'
  | 'row-only-in-whole'
  | 'row-only-in-days'

const BALANCE = /balancesummary/i
const WHOLE_MONTH = /billingPeriods\/\d+\/usagedetails/i

/** A fault rule that applies `mismatch` to every answer concerned. */
export function plant(mismatch: Mismatch): FaultRule {
  switch (mismatch) {
    case 'usage-total':
      return rewrite(BALANCE, (row) => raised(row, 'totalUsage'))
    case 'billed-separately':
      // The total is changed too, so that only this relation breaks.
      return rewrite(BALANCE, (row) =>
        raised(raised(row, 'chargesBilledSeparately'), 'totalOverage'),
      )
    case 'marketplace-total':
      return rewrite(BALANCE, (row) =>
        row.replace(/("azureMarketplaceServiceCharges":)[^,}]+/, '$1-0.02'),
      )
    case 'overage-total':
      return rewrite(BALANCE, (row) => raised(row, 'totalOverage'))
    case 'row-only-in-whole':
      return rewrite(WHOLE_MONTH, changeFirst())
    case 'row-only-in-days':
      return rewrite(/usagedetailsbycustomdate.*startTime=....-..-10/i, changeFirst())
  }
}

function rewrite(match: RegExp, make: (row: string) => string): FaultRule {
  return { kind: 'rewrite', match, rewrite: make }
}

/** Adds one before the decimal point of a field in the row. */
function raised(row: string, field: string): string {
  return row.replace(new RegExp(`("${field}":-?)(\\d)`), (_all, key: string, digit: string) => {
    return `${key}${(Number(digit) % 9) + 1}${digit}`
  })
}

/** Changes a name in one row of each month, and no amount. */
function changeFirst(): (row: string) => string {
  const changed = new Map<string, string>()
  return (row) => {
    const month = /"date":"(\d{4}-\d{2})/.exec(row)?.[1] ?? ''
    if (!changed.has(month)) changed.set(month, row)
    return row === changed.get(month) ? row.replace(/("product":")/, '$1Other ') : row
  }
}
