import { describe, expect, it } from 'vitest'
import { datasets } from '../../../../shared/datasets/catalogue.ts'
import { columnsAt } from '../../../../shared/datasets/columns-at.ts'
import { marketplaceCharges } from '../../../../shared/datasets/marketplace-charges.ts'
import { usageDetails } from '../../../../shared/datasets/usage-details.ts'
import { parquetColumns } from '../../../../shared/outputs/parquet/columns.ts'

describe('the columns of a Parquet file', () => {
  it.each(datasets)('are those of the CSV and exact: $name', (dataset) => {
    const at = columnsAt(dataset, dataset.rowsVersion)
    const columns = parquetColumns(at)
    expect(columns.map(({ name }) => name)).toEqual([...at.names, 'exact'])
    expect(new Set(columns.map(({ name }) => name)).size).toBe(columns.length)
  })

  it.each([
    [usageDetails, { cost: 'decimal', consumedQuantity: 'decimal', resourceRate: 'decimal' }],
    [marketplaceCharges, { resourceRate: 'decimal', extendedCost: 'decimal' }],
    [usageDetails, { date: 'date', chargesBilledSeparately: 'boolean', exact: 'exact' }],
    [
      usageDetails,
      { tags: 'text', accountId: 'text', subscriptionId: 'text', otherFields: 'text' },
    ],
  ] as const)('have the types that the catalogue gives them', (dataset, expected) => {
    const columns = parquetColumns(columnsAt(dataset, dataset.rowsVersion))
    const types = Object.fromEntries(columns.map(({ name, type }) => [name, type]))
    expect(types).toMatchObject(expected)
  })
})
