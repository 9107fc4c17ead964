import { describe, expect, it } from 'vitest'
import { columnsAt, knownColumnsAt } from '../../../shared/datasets/columns-at.ts'
import { type Dataset, scheduleSetting } from '../../../shared/datasets/dataset.ts'
import { usageDetails } from '../../../shared/datasets/usage-details.ts'

const later: Dataset = {
  ...usageDetails,
  rowsVersion: 2,
  columns: [...usageDetails.columns, { name: 'benefitId', since: 2 }],
}

describe('a dataset that gained a column', () => {
  it('has its old columns, header and layout for the old version', () => {
    expect(columnsAt(later, 1).names).toEqual(columnsAt(usageDetails, 1).names)
    const layout = columnsAt(later, 1).layout
    expect(layout.header).toEqual(columnsAt(usageDetails, 1).layout.header)
    expect(layout.columnByKey.has('benefitId')).toBe(false)
    expect(columnsAt(later, 1).definitions).toEqual(usageDetails.columns)
  })

  it('has the new one, after otherFields, for the new version', () => {
    expect(columnsAt(later, 2).names).toEqual([...columnsAt(usageDetails, 1).names, 'benefitId'])
    expect(columnsAt(later, 2).layout.header.toString().endsWith('otherFields,benefitId\r\n')).toBe(
      true,
    )
  })

  it('has one cached layout per version', () => {
    expect(columnsAt(later, 1).layout).toBe(columnsAt(later, 1).layout)
    expect(columnsAt(later, 2).layout).toBe(columnsAt(later, 2).layout)
    expect(columnsAt(later, 1).layout).not.toBe(columnsAt(later, 2).layout)
  })

  it('is rejected by name if only a newer program knows the version', () => {
    const refused = expect.objectContaining({ code: 'CATALOGUE_TOO_OLD' })
    expect(() => columnsAt(usageDetails, 2).layout).toThrow(refused)
    expect(() => columnsAt(usageDetails, 2).names).toThrow(refused)
  })

  it('is read as far as it is known if a newer program wrote it', () => {
    expect(knownColumnsAt(usageDetails, 2)).toBe(columnsAt(usageDetails, 1))
    expect(knownColumnsAt(later, 1)).toBe(columnsAt(later, 1))
  })
})

describe('the schedule of a dataset', () => {
  it('is named by one rule', () => {
    expect(scheduleSetting(usageDetails)).toBe('USAGEDETAILS_SCHEDULE')
  })
})
