/** The Parquet files of the view, on Azurite, read by other implementations. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sweep } from '../../shared/usecases/plan/sweep.ts'
import { readParquet } from '../../testing/parquet/read-parquet.ts'
import {
  type Stack,
  startStack,
  type TestArchive,
  withDay,
} from '../../testing/stack/archive-stack.ts'
import { openArchive, type StoredArchive } from '../../testing/stack/read-archive.ts'

const VIEW = 'billing-current'
const NAME = 'parquet/usagedetails/enrollment=100/period=201705/data.parquet'
const SUMMARY = 'parquet/summary/usagedetails/enrollment=100/period=201705/data.parquet'
const SCALE = 10n ** 18n

let stack: Stack
let test: TestArchive
let stored: StoredArchive

beforeAll(async () => {
  stack = await startStack()
  test = await stack.fresh({
    simulator: { day: '2017-05-03' },
    settings: { VIEW_FORMATS: 'csv,parquet' },
  })
  stored = openArchive(test.blobUrl, stack.services.credential)
})
afterAll(async () => {
  await test.close()
  await stack.close()
})

async function usage() {
  const manifest = (await stored.newest()).get('usagedetails/201705')
  if (manifest === undefined) throw new Error('no snapshot of usage details')
  return manifest
}

describe('Parquet on storage', () => {
  it('has every dataset, and the rows and sums of each snapshot, day after day', async () => {
    for (const day of ['2017-05-03', '2017-05-04']) {
      test.simulator.setDay(day)
      await test.run(day)
      const manifest = await usage()
      const expected = (await stored.rows(manifest)).map(
        (row) => JSON.parse(row) as Record<string, unknown>,
      )
      const rows = await readParquet(await stored.bytes(VIEW, NAME))
      expect(rows.map(({ instanceId, tags, date }) => ({ instanceId, tags, date }))).toEqual(
        expected.map(({ instanceId, tags, date }) => ({
          instanceId,
          tags,
          date: Date.parse(`${String(date).slice(0, 10)}T00:00:00Z`) / 86_400_000,
        })),
      )
      const summary = await readParquet(await stored.bytes(VIEW, SUMMARY))
      expect(summary.reduce((sum, each) => sum + (each['rows'] as bigint), 0n)).toBe(
        BigInt(manifest.rowCount) * SCALE,
      )
    }
    const datasets = (await stored.names(VIEW)).map((name) => name.split('/').slice(0, 2).join('/'))
    expect([...new Set(datasets)]).toEqual([
      'csv/balancesummary',
      'csv/billingperiods',
      'csv/marketplacecharges',
      'csv/pricesheet',
      'csv/snapshots',
      'csv/summary',
      'csv/usagedetails',
      'parquet/balancesummary',
      'parquet/billingperiods',
      'parquet/marketplacecharges',
      'parquet/pricesheet',
      'parquet/snapshots',
      'parquet/summary',
      'parquet/usagedetails',
    ])
  })

  it('is written by the sweep when the setting asks for it', async () => {
    const other = await stack.fresh({ simulator: { day: '2017-05-03' } })
    await other.run()
    const names = async (): Promise<string[]> =>
      (await openArchive(other.blobUrl, stack.services.credential).names(VIEW)).filter((name) =>
        name.startsWith('parquet/'),
      )
    expect(await names()).toEqual([])
    await sweep(withDay(other.host({ VIEW_FORMATS: 'parquet' }), '2017-05-03').archive)
    expect(await names()).toContain(NAME)
    await other.close()
  })
})
