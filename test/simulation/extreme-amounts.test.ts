/** Extreme amounts: their month is still archived, sealed, verified and summed. */
import { beforeEach, describe, expect, it } from 'vitest'
import { manifestBytes, parseManifest } from '../../shared/format/manifest.ts'
import type { Snapshot } from '../../shared/usecases/read/read-snapshots.ts'
import { totalsOf } from '../../shared/usecases/read/totals.ts'
import { type SealedMonth, sealedMonth } from '../../testing/simulation/sealed-month.ts'

let month: SealedMonth

beforeEach(() => {
  month = sealedMonth()
})

async function totalCost(snapshot: Snapshot): Promise<string | undefined> {
  const query = { dataset: 'usagedetails' as const, groupBy: [], sum: ['cost'], where: [] }
  return (await totalsOf(month.archive.snapshots, [snapshot], query)).totals['cost']
}

describe('a month with an amount that is too long to be summed', () => {
  const rows = [
    '{"cost":1.5,"consumedQuantity":1}',
    '{"cost":4.9E-324,"consumedQuantity":2}',
    '{"cost":1E400,"consumedQuantity":"3"}',
    '{"cost":2.25,"consumedQuantity":4}',
  ]

  it('is archived: the value is left out of the totals, counted and reported by row and column', async () => {
    const snapshot = await month.seal({ all: `[${rows.join(',')}]` })
    const [part] = snapshot.manifest.parts
    expect(snapshot.manifest).toMatchObject({
      rowCount: 4,
      totals: { cost: '3.75', consumedQuantity: '7' },
    })
    expect(part?.leftOut).toEqual({ cost: 2, consumedQuantity: 1 })
    expect(month.driftOf('all')).toEqual(
      expect.arrayContaining([
        'cost is too long to be summed in 2 rows: 2, 3',
        'consumedQuantity is not a number and not summed in 1 row: 3',
      ]),
    )
    expect(await totalCost(snapshot)).toBe('3.75')
    expect(await month.faults()).toEqual([])
  })

  it('gives the row number in the whole part, whatever the number of segments', async () => {
    month = sealedMonth({ segmentRows: 1_000 })
    const many = Array.from({ length: 2_500 }, (_, i) => (i % 1_200 === 1_100 ? rows[1] : rows[0]))
    const snapshot = await month.seal({ all: `[${many.join(',')}]` })
    expect(snapshot.manifest.parts[0]?.files).toHaveLength(9)
    expect(snapshot.manifest.parts[0]?.leftOut).toEqual({ cost: 2 })
    expect(month.driftOf('all')).toContain('cost is too long to be summed in 2 rows: 1101, 2301')
    expect(await month.faults()).toEqual([])
  })

  it('has a fault if the manifest counts those values wrongly', async () => {
    const { manifest } = await month.seal({ all: `[${rows.join(',')}]` })
    for (const leftOut of [{ cost: 1, consumedQuantity: 1 }, { cost: 2 }, undefined]) {
      const parts = manifest.parts.map((part) => ({ ...part, leftOut }))
      const forged = JSON.parse(JSON.stringify({ ...manifest, parts })) as typeof manifest
      const [name = ''] = [...month.storage.stored.snapshots.keys()].filter((blob) =>
        blob.includes('/snapshots/'),
      )
      const blob = month.storage.stored.snapshots.get(name)
      if (blob === undefined) throw new Error('no manifest')
      const bytes = manifestBytes(parseManifest(manifestBytes(forged), name))
      month.storage.stored.snapshots.set(name, { ...blob, bytes })
      expect((await month.faults()).join()).toContain('leaves out')
    }
  })
})

describe('a plan whose amounts have a sum of over 100 digits', () => {
  it.each([
    ['in one part', { all: '[{"cost":10},{"cost":1e-99}]' }, `10.${'0'.repeat(98)}1`],
    [
      'that is large and small',
      { all: '[{"cost":1e60},{"cost":1e-60}]' },
      `1${'0'.repeat(60)}.${'0'.repeat(59)}1`,
    ],
    [
      'over days',
      { '2017-04-01': '[{"cost":9e99}]', '2017-04-02': '[{"cost":9e99}]' },
      `18${'0'.repeat(99)}`,
    ],
  ] as const)('%s is sealed with exact totals', async (_where, parts, cost) => {
    const snapshot = await month.seal(parts)
    expect(snapshot.manifest.totals['cost']).toBe(cost)
    expect(await totalCost(snapshot)).toBe(cost)
    expect(await month.faults()).toEqual([])
  })

  it('is sealed though its segments have sums that are longer than any value', async () => {
    month = sealedMonth({ segmentRows: 1_000 })
    const many = Array.from(
      { length: 1_500 },
      (_, i) => `{"cost":${i % 2 === 0 ? '9e99' : '1e-99'}}`,
    )
    const snapshot = await month.seal({ all: `[${many.join(',')}]` })
    expect(snapshot.manifest.totals['cost']).toBe(`${9 * 750}${'0'.repeat(99)}.${'0'.repeat(96)}75`)
    expect(await month.faults()).toEqual([])
  })
})
