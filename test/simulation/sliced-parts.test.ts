/** A month that its source can only return whole and in any order, while some of its days change. */
import { describe, expect, it } from 'vitest'
import type { PartRecord } from '../../shared/format/part-record.ts'
import { slicesOf } from '../../shared/format/slices.ts'
import { viewName } from '../../shared/format/view-names.ts'
import { diffSnapshots } from '../../shared/usecases/read/diff-snapshots.ts'
import type { Snapshot } from '../../shared/usecases/read/read-snapshots.ts'
import { SLICED, type SlicedMonth, slicedMonth } from '../../testing/simulation/sliced-month.ts'

/** `count` records of a day of April. */
function day(number: number, count = 3, meter = 'm'): string[] {
  const date = `2017-04-${String(number).padStart(2, '0')}`
  return Array.from({ length: count }, (_, i) => `${date},${i}.10,${meter}${i}`)
}

/** The same records in another order, which depends on the seed. */
function shuffled(records: readonly string[], seed = 1): string[] {
  let state = seed
  const next = (): number => (state = (state * 48_271) % 2_147_483_647)
  return records
    .map((record) => ({ record, at: next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ record }) => record)
}

function partOf({ manifest }: Snapshot): PartRecord {
  const [part] = manifest.parts
  if (part === undefined) throw new Error('it has no part')
  return part
}

/** The paths of the files of each slice. */
function pathsOf(snapshot: Snapshot): Map<string, string[]> {
  const slices = slicesOf(partOf(snapshot).files)
  return new Map(
    slices.map(({ key, segments }) => [
      key,
      segments.flatMap(({ json, csv, index }) => [json.path, csv.path, index.path]),
    ]),
  )
}

/** All rows of a snapshot, sorted. */
function rowsOf(month: SlicedMonth, snapshot: Snapshot): string[] {
  const files = partOf(snapshot).files.filter(({ format }) => format === 'json')
  return files.flatMap((file) => month.linesOf(file)).sort()
}

function expectedRows(records: readonly string[]): string[] {
  const row = (record: string): string => {
    const [date = '', cost, meter] = record.split(',')
    return `{"cost":${cost},"date":${date === '' ? 'null' : `"${date}"`},"meterName":"${meter}"}`
  }
  return records.map(row).sort()
}

const outcomes = ({ state }: SlicedMonth): string[] => state().outcomes.map(({ status }) => status)

describe('a month without a guaranteed order', () => {
  it('has separate files for every day, and for rows without a day of the month', async () => {
    const month = slicedMonth()
    const odd = ['2017-03-31,7,before', '2017-04-31,8,never', 'soon,9,x', ',10,none']
    const records = shuffled([...day(30), ...day(1, 1_200), ...odd])
    const snapshot = await month.seal(records)
    const { key, files, rowCount, totals, rowsDigest } = partOf(snapshot)
    expect({ key, rowCount }).toEqual({ key: 'all', rowCount: 1_207 })
    expect([...pathsOf(snapshot).keys()]).toEqual(['2017-04-01', '2017-04-30', 'other'])
    for (const { slice, path } of files) expect(path).toContain(`/parts/all/${slice}-`)
    expect(slicesOf(files).map(({ rows }) => rows)).toEqual([1_200, 3, 4])
    expect(totals['cost']).toBe('719557.3') // 0 to 1,199 and ten cents each; 0 to 2; 7 to 10
    expect(rowsDigest).toMatch(/^[0-9a-f]{64}$/)
    expect(rowsOf(month, snapshot)).toEqual(expectedRows(records))
    expect(await month.faults()).toEqual([])
  })

  it('is served in the order of its slices, by view and pages', async () => {
    const month = slicedMonth()
    await month.seal(['2017-04-02,2,b', ',9,none', '2017-04-01,1,a', '2017-04-02,3,c'])
    const csv = month.storage.stored.view.get(viewName(SLICED))?.bytes.toString() ?? ''
    const costs = csv
      .split('\r\n')
      .slice(1, -1)
      .map((line) => line.split(',')[7])
    expect(costs).toEqual(['1', '2', '3', '9'])
  })

  it('is unchanged in another order: no file is written, and no snapshot is made', async () => {
    const month = slicedMonth()
    const records = [...day(1, 1_500), ...day(2, 40), ',5,none', ',5,none']
    const first = await month.seal(records)
    const names = [...month.storage.stored.snapshots.keys()]
    expect(await month.seal(shuffled(records))).toEqual(first)
    expect([...month.storage.stored.snapshots.keys()]).toEqual(names)
    expect(outcomes(month)).toEqual(['unchanged', 'sealed'])
  })

  it('writes the files of the one day that changed', async () => {
    const month = slicedMonth()
    const kept = [...day(1), ...day(3), ',5,none']
    const first = await month.seal([...kept, ...day(2)])
    const second = await month.seal(shuffled([...kept, ...day(2, 3, 'restated')]))
    const [before, after] = [pathsOf(first), pathsOf(second)]
    for (const key of ['2017-04-01', '2017-04-03', 'other'])
      expect(after.get(key)).toEqual(before.get(key))
    expect(after.get('2017-04-02')).not.toEqual(before.get('2017-04-02'))
    expect(rowsOf(month, second)).toEqual(expectedRows([...kept, ...day(2, 3, 'restated')]))
    const added = [...month.storage.stored.snapshots.keys()].filter((name) =>
      name.includes('/parts/'),
    )
    expect(added).toHaveLength(4 * 3 + 3)
    const { archive } = month
    const diff = await diffSnapshots(archive.snapshots, first.manifest, second.manifest)
    expect(diff).toMatchObject({ added: 3, removed: 3, totals: [] })
    expect(await month.faults()).toEqual([])
  })

  it('distinguishes one row from two equal ones', async () => {
    const month = slicedMonth()
    await month.seal([...day(1), ...day(2)])
    const second = await month.seal([...day(1), ...day(2), ...day(2, 1)])
    expect(second.manifest).toMatchObject({ number: 2, rowCount: 7 })
    expect(await month.faults()).toEqual([])
  })

  it('gains and loses days', async () => {
    const month = slicedMonth()
    const first = await month.seal([...day(1, 30), ...day(2)])
    const second = await month.seal([...day(1, 30), ...day(3)])
    expect([...pathsOf(second).keys()]).toEqual(['2017-04-01', '2017-04-03'])
    expect(pathsOf(second).get('2017-04-01')).toEqual(pathsOf(first).get('2017-04-01'))
    const third = await month.seal(day(1, 30))
    expect([...pathsOf(third).keys()]).toEqual(['2017-04-01'])
    expect(third.manifest.rowCount).toBe(30)
    expect(await month.faults()).toEqual([])
  })

  it('has files without rows while it is empty', async () => {
    const month = slicedMonth()
    const first = await month.seal([])
    expect([...pathsOf(first).keys()]).toEqual(['other'])
    expect(first.manifest.rowCount).toBe(0)
    await month.seal([])
    const second = await month.seal(day(1))
    expect([...pathsOf(second).keys()]).toEqual(['2017-04-01'])
    expect(outcomes(month)).toEqual(['sealed', 'unchanged', 'sealed'])
    expect(await month.faults()).toEqual([])
  })
})
