/** The Parquet files of the view, over refreshes, read by another implementation. */
import { beforeEach, describe, expect, it } from 'vitest'
import { viewName } from '../../shared/format/view-names.ts'
import { rebuildView } from '../../shared/usecases/view/refresh-view.ts'
import { metadataOf, readParquet } from '../../testing/parquet/read-parquet.ts'
import { MONTH, type SealedMonth, sealedMonth } from '../../testing/simulation/sealed-month.ts'
import { days, faultsOf, page } from '../../testing/simulation/view-month.ts'

const NAME = viewName(MONTH, 'parquet')
const SUMMARY = viewName(MONTH, 'parquet', 'summary')
const SNAPSHOTS = viewName(MONTH, 'parquet', 'snapshots')

let month: SealedMonth

beforeEach(() => {
  month = sealedMonth({ shrinkPercent: 100 })
})

function bytesOf(name = NAME): Buffer {
  return month.storage.stored.view.get(name)?.bytes ?? Buffer.alloc(0)
}

function textOf(name: string): string {
  return bytesOf(name).toString()
}

const faults = (): Promise<string[]> => faultsOf(month.archive)

const SCALE = 10n ** 18n

function pagesOf(file: Buffer): bigint[] {
  return metadataOf(file).row_groups.flatMap(({ columns }) =>
    columns.flatMap(({ meta_data: data }) => (data ? [data.data_page_offset] : [])),
  )
}

/** A reader with any of the old footers finds no page where it expects one. */
function expectNoCommonPages(old: readonly Buffer[], file: Buffer): void {
  const before = new Set(old.flatMap(pagesOf))
  expect(pagesOf(file).filter((offset) => before.has(offset))).toEqual([])
}

describe('Parquet in the view', () => {
  it('has the rows of the snapshot, with types, a row group for each day', async () => {
    await month.seal(days(page(1), page(2)))
    const rows = await readParquet(bytesOf())
    expect(rows).toHaveLength(6_000)
    expect(rows[0]).toMatchObject({ cost: SCALE / 2n, date: 17_257, meterCategory: 'Service 0' })
    expect(rows[0]).toMatchObject({ subscriptionName: '', offerId: null, exact: null })
    const { row_groups: groups, key_value_metadata: notes = [] } = metadataOf(bytesOf())
    expect(groups.map((group) => Number(group.num_rows))).toEqual([3_000, 3_000])
    expect(Object.fromEntries(notes.map(({ key, value }) => [key, value]))).toMatchObject({
      source: 'ea-reporting',
      dataset: 'usagedetails',
      enrollment: '100',
      billingPeriod: '201704',
      number: '1',
      settled: 'false',
    })
    expect(await faults()).toEqual([])
  })

  it('grows by the day that was restated, so that a reader of the old file reads it to the end', async () => {
    await month.seal(days(page(1), page(2), page(3), page(4)))
    const before = bytesOf()
    await month.seal(days(page(1), page(2, '0.75'), page(3), page(4)))
    const after = bytesOf()
    expect(after.subarray(0, before.length).equals(before)).toBe(true)
    expect(after.length - before.length).toBeLessThan(before.length * 0.45)
    const rows = await readParquet(after)
    expect(rows.map(({ cost }) => cost)).toEqual([
      ...Array.from({ length: 3_000 }, () => SCALE / 2n),
      ...Array.from({ length: 3_000 }, () => (SCALE * 3n) / 4n),
      ...Array.from({ length: 6_000 }, () => SCALE / 2n),
    ])
    expect(await faults()).toEqual([])
  })

  it('grows for as long as little of it is dead, and is compacted when the period is settled', async () => {
    const files: Buffer[] = []
    for (let i = 0; i < 6; i++) {
      await month.seal(days(page(1, `${i}.5`), page(2)))
      files.push(bytesOf())
      expect(await faults()).toEqual([])
    }
    for (const [i, file] of files.slice(1).entries()) {
      const before = files[i] ?? Buffer.alloc(0)
      expect(file.subarray(0, before.length).equals(before)).toBe(true)
    }
    const snapshot = await month.seal({ all: page(1) })
    const settled = bytesOf()
    expect(settled.length).toBeLessThan((files[0]?.length ?? 0) * 0.8)
    expectNoCommonPages(files, settled)
    expect(await rebuildView(month.archive, snapshot)).toBe(true)
    expectNoCommonPages([settled], bytesOf())
    expect(await readParquet(bytesOf())).toEqual(await readParquet(settled))
    expect(await faults()).toEqual([])
  })

  it('has texts that its types do not have in the column exact', async () => {
    const odd = '0.1234567890123456789'
    await month.seal(
      days(
        `[{"cost":${odd},"date":"2017-04-01T12:30:00"},{"cost":"none","consumedQuantity":1e30,"date":"2017-04-01"}]`,
      ),
    )
    const rows = await readParquet(bytesOf())
    expect(rows).toMatchObject([
      {
        cost: 123_456_789_012_345_679n,
        exact: `{"cost":"${odd}","date":"2017-04-01T12:30:00"}`,
      },
      { cost: null, consumedQuantity: null, exact: '{"cost":"none","consumedQuantity":"1e30"}' },
    ])
    const { metadata } = month.storage.stored.view.get(NAME) ?? { metadata: {} }
    expect(metadata).toMatchObject({ inexact: '{"cost":2,"date":1,"consumedQuantity":1}' })
    expect(await faults()).toEqual([])
  })

  it('is compared with its snapshot by verify', async () => {
    await month.seal(days(page(1), page(2)))
    const { view } = month.storage.stored
    const blob = view.get(NAME)
    if (blob === undefined) throw new Error('no view')
    const bytes = Buffer.from(blob.bytes)
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1
    view.set(NAME, { ...blob, bytes })
    expect(await faults()).toEqual([
      expect.stringMatching(/^VIEW_DIFFERS parquet\/.*it is altered before byte/),
    ])
  })
})

describe('the tables in the view', () => {
  it('have sums by day, service and subscription', async () => {
    await month.seal(days(page(1, '0.1'), page(2, '-2')))
    const rows = await readParquet(bytesOf(SUMMARY))
    expect(rows).toHaveLength(12)
    const total = rows.reduce((sum, { cost }) => sum + (cost as bigint), 0n)
    expect(total).toBe((300n - 6_000n) * SCALE)
    expect(rows[0]).toMatchObject({
      dataset: 'usagedetails',
      enrollmentNumber: '100',
      billingPeriod: '201704',
      date: 17_257,
      service: 'Service 0',
      subscriptionGuid: 's0',
      subscriptionName: '',
      rows: 500n * SCALE,
      cost: 50n * SCALE,
      leftOut: 0n,
    })
    const [header, first] = textOf(viewName(MONTH, 'csv', 'summary')).split('\r\n')
    expect(header).toBe(
      'dataset,enrollmentNumber,billingPeriod,date,service,subscriptionGuid,subscriptionName,rows,cost,leftOut',
    )
    expect(first).toBe('usagedetails,100,201704,2017-04-01,Service 0,s0,"",500,50,0')
  })

  it('have a record of each snapshot', async () => {
    await month.seal(days(page(1)))
    const { sha256 } = await month.seal(days(page(1, '7')))
    const rows = await readParquet(bytesOf(SNAPSHOTS))
    expect(rows).toMatchObject([
      { number: SCALE, rows: 3_000n * SCALE, cost: 1_500n * SCALE, settled: false },
      { number: 2n * SCALE, cost: 21_000n * SCALE, manifestSha256: sha256 },
    ])
    expect(
      textOf(viewName(MONTH, 'csv', 'snapshots'))
        .trimEnd()
        .split('\r\n'),
    ).toHaveLength(3)
    expect(await faults()).toEqual([])
  })
})
