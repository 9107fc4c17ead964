import { describe, expect, it } from 'vitest'
import { isSamePart, type PartRecord } from '../../../shared/format/part-record.ts'

const part: PartRecord = {
  key: 'all',
  fetchedAt: '2017-05-20T04:00:00.000Z',
  checkedAt: '2017-05-20T04:00:00.000Z',
  rowCount: 2,
  totals: {},
  contentSha256: 'a'.repeat(64),
  envelope: {},
  files: [],
}
const sliced = { ...part, rowsDigest: 'd'.repeat(64) }

describe('a part is the same', () => {
  it('with the same content, if its source guarantees an order', () => {
    expect(isSamePart(part, { ...part })).toBe(true)
    expect(isSamePart(part, { ...part, contentSha256: 'b'.repeat(64) })).toBe(false)
  })

  it('with the same rows in any order, if it has slices', () => {
    expect(isSamePart(sliced, { ...sliced, contentSha256: 'b'.repeat(64) })).toBe(true)
    expect(isSamePart(sliced, { ...sliced, rowsDigest: 'e'.repeat(64) })).toBe(false)
    expect(isSamePart(sliced, { ...sliced, rowCount: 3 })).toBe(false)
  })

  it('with the same fields beside its rows', () => {
    expect(isSamePart(sliced, { ...sliced, envelope: { id: '"x"' } })).toBe(false)
  })
})
