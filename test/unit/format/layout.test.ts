import { describe, expect, it } from 'vitest'
import {
  attemptFileOf,
  grantName,
  manifestName,
  manifestNumber,
  partFile,
  partStateName,
  planName,
  seriesOf,
} from '../../../shared/format/layout.ts'
import { viewName } from '../../../shared/format/view-names.ts'

const series = {
  source: 'ea-reporting',
  dataset: 'usagedetails',
  enrollment: '100',
  billingPeriod: '201704',
}
const folder = 'ea-reporting/usagedetails/enrollment=100/period=201704'

describe('names of blobs', () => {
  it('are those of the archive format', () => {
    expect(partFile(series, '2017-04-01', null, '0123456789abcdef', 'json.gz')).toBe(
      `${folder}/parts/2017-04-01/0123456789abcdef.json.gz`,
    )
    expect(partFile(series, 'all', '2017-04-01', '0123456789abcdef', 'csv')).toBe(
      `${folder}/parts/all/2017-04-01-0123456789abcdef.csv`,
    )
    expect(manifestName(series, 7)).toBe(`${folder}/snapshots/000007.json`)
    expect(manifestName(series, 1_234_567)).toBe(`${folder}/snapshots/1234567.json`)
    expect(planName(series)).toBe(`${folder}/plan.json`)
    expect(partStateName(series, 'abcdef012345', 'all')).toBe(
      `${folder}/plans/abcdef012345/all.json`,
    )
    expect(viewName(series)).toBe('csv/usagedetails/enrollment=100/period=201704/data.csv')
    expect(grantName('a'.repeat(64))).toBe(`keys/${'a'.repeat(64)}.json`)
  })

  it('can be parsed again', () => {
    expect(seriesOf(planName(series))).toEqual(series)
    expect(manifestNumber(manifestName(series, 1_234_567))).toBe(1_234_567)
    expect(seriesOf('somewhere/else')).toBeNull()
    for (const slice of [null, '2017-04-01', 'other']) {
      const name = partFile(series, 'all', slice, '0123456789abcdef', 'index.json')
      expect(attemptFileOf(name)).toEqual({ part: 'all', slice, attempt: '0123456789abcdef' })
    }
    for (const name of ['2017-04-01', 'x/0123456789abcdef', 'other-x', 'all-../0123456789abcdef']) {
      expect(attemptFileOf(`${folder}/parts/all/${name}.csv`)?.slice ?? null).toBeNull()
    }
  })

  it.each([
    { ...series, enrollment: '../200' },
    { ...series, enrollment: '1/0' },
    { ...series, enrollment: '' },
    { ...series, billingPeriod: '201713' },
    { ...series, dataset: 'Usage Details' },
    { ...series, source: '' },
  ])('reject words outside the grammar: %j', (wrong) => {
    expect(() => planName(wrong)).toThrow(expect.objectContaining({ code: 'FORMAT_INVALID' }))
  })

  it('reject parts and ids outside the grammar', () => {
    expect(() => partFile(series, '../x', null, '0123456789abcdef', 'csv')).toThrow(
      expect.objectContaining({ code: 'FORMAT_INVALID' }),
    )
    expect(() => partFile(series, 'all', '../x', '0123456789abcdef', 'csv')).toThrow(
      expect.objectContaining({ code: 'FORMAT_INVALID' }),
    )
    expect(() => partFile(series, 'all', null, '../../etc', 'csv')).toThrow(
      expect.objectContaining({ code: 'FORMAT_INVALID' }),
    )
    expect(() => grantName('../x')).toThrow(expect.objectContaining({ code: 'FORMAT_INVALID' }))
  })
})
