import { describe, expect, it } from 'vitest'
import { columnNamesOf, datasetAt, layoutOf } from '../../../shared/datasets/catalogue.ts'
import type { Dataset } from '../../../shared/datasets/dataset.ts'
import { usageDetails } from '../../../shared/datasets/usage-details.ts'

const later: Dataset = {
  ...usageDetails,
  rowsVersion: 2,
  columns: [...usageDetails.columns, { name: 'benefitId', since: 2 }],
}

describe('a dataset that gained a column', () => {
  it('has its old columns, header and layout for what is of the old version', () => {
    expect(columnNamesOf(later, 1)).toEqual(columnNamesOf(usageDetails, 1))
    const layout = layoutOf(later, 1)
    expect(layout.header).toEqual(layoutOf(usageDetails, 1).header)
    expect(layout.columnByKey.has('benefitId')).toBe(false)
    expect(datasetAt(later, 1).rowsVersion).toBe(1)
  })

  it('has the new one, behind otherFields, for what is of the new version', () => {
    expect(columnNamesOf(later, 2)).toEqual([...columnNamesOf(usageDetails, 1), 'benefitId'])
    expect(layoutOf(later, 2).header.toString().endsWith('otherFields,benefitId\r\n')).toBe(true)
  })

  it('gives the same layout again, one for each version', () => {
    expect(layoutOf(later, 1)).toBe(layoutOf(later, 1))
    expect(layoutOf(later, 2)).toBe(layoutOf(later, 2))
    expect(layoutOf(later, 1)).not.toBe(layoutOf(later, 2))
  })

  it('is refused by name where only a newer program knows the version', () => {
    const refused = expect.objectContaining({ code: 'CATALOGUE_TOO_OLD' })
    expect(() => layoutOf(usageDetails, 2)).toThrow(refused)
    expect(() => columnNamesOf(usageDetails, 2)).toThrow(refused)
  })
})
