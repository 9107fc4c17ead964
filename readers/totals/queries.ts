/** Exact totals in SQL, as docs/analytics.md has them. */

export interface Table {
  readonly dataset: string
  readonly cost: string
  readonly service: string
  readonly subscription: string
}

export const TABLES: readonly Table[] = [
  {
    dataset: 'usagedetails',
    cost: 'cost',
    service: 'meterCategory',
    subscription: 'subscriptionGuid',
  },
  {
    dataset: 'marketplacecharges',
    cost: 'extendedCost',
    service: 'offerName',
    subscription: 'subscriptionGuid',
  },
]

export const GROUPINGS = ['service', 'subscription', 'month'] as const
export type Grouping = (typeof GROUPINGS)[number]

/** Where the sums are computed from. */
export const FORMS = [
  'rows as Parquet',
  'summary as Parquet',
  'rows as CSV',
  'summary as CSV',
] as const
export type Form = (typeof FORMS)[number]

/** Types that hold each value and sum of the bill. */
const AMOUNT = 'DECIMAL(38,24)'

export function totalsQuery(folder: string, table: Table, grouping: Grouping, form: Form): string {
  const isSummary = form.startsWith('summary')
  const path = `${isSummary ? 'summary/' : ''}${table.dataset}/*/*`
  const cost = isSummary ? 'cost' : table.cost
  const service = isSummary ? 'service' : table.service
  const group = { service, subscription: 'subscriptionGuid', month: 'period' }[grouping]
  if (form.endsWith('CSV')) {
    return `SELECT ${group}, coalesce(sum(try_cast(${cost} AS ${AMOUNT})), 0)
      FROM read_csv('${folder}/csv/${path}/data.csv', ${CSV_OPTIONS}, ${HIVE}) GROUP BY 1`
  }
  return `WITH amounts AS (
      SELECT ${group} AS "group", ${cost} AS cost, json_extract_string(exact, '$.${cost}') AS text
      FROM read_parquet('${folder}/parquet/${path}/data.parquet', ${HIVE})
    )
    SELECT "group", coalesce((sum(cost) FILTER (WHERE text IS NULL))::${AMOUNT}, 0)
      + coalesce(sum(text::${AMOUNT}), 0)
    FROM amounts GROUP BY 1`
}

const HIVE = "hive_partitioning = true, hive_types = {'enrollment': VARCHAR, 'period': VARCHAR}"
const CSV_OPTIONS = `all_varchar = true, header = true, delim = ',', quote = '"', escape = '"',
  nullstr = '', allow_quoted_nulls = false, max_line_size = 16000000`
