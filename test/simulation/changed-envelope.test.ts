/** The fields beside the rows are part of the source's data. */
import { describe, expect, it } from 'vitest'
import { sealedMonth } from '../../testing/simulation/sealed-month.ts'

const rows = { all: '[{"cost":1},{"cost":2}]' }

describe('equal rows with different fields beside them', () => {
  it('are a new snapshot, with the files of the previous one', async () => {
    const month = sealedMonth()
    const first = await month.seal(rows, { id: '"a"', currency: '"EUR"' })
    const same = await month.seal(rows, { currency: '"EUR"', id: '"a"' })
    expect(same.manifest.number).toBe(1)
    const second = await month.seal(rows, { id: '"a"', currency: '"USD"' })
    expect(second.manifest.number).toBe(2)
    const [before] = first.manifest.parts
    const [after] = second.manifest.parts
    expect(after?.envelope).toEqual({ id: '"a"', currency: '"USD"' })
    expect(before?.envelope).toEqual({ id: '"a"', currency: '"EUR"' })
    expect(after?.files).toEqual(before?.files)
    expect(second.manifest.contentSha256).toBe(first.manifest.contentSha256)
    expect(await month.faults()).toEqual([])
  })
})
