/** Slices of parts archived in segments, by hosts that die, and by a program with more columns. */
import { describe, expect, it } from 'vitest'
import { type FileRecord, segmentsOf } from '../../shared/format/part-record.ts'
import { slicesOf } from '../../shared/format/slices.ts'
import { rebuildSeries } from '../../shared/usecases/fetch/rebuild-series.ts'
import type { Snapshot } from '../../shared/usecases/read/read-snapshots.ts'
import { repairArchive } from '../../shared/usecases/repair/repair-archive.ts'
import { verifyArchive } from '../../shared/usecases/verify/verify-archive.ts'
import { atOnce, type Call } from '../../testing/simulation/archive-in-memory.ts'
import { datasetOf, newer } from '../../testing/simulation/catalogues.ts'
import { SLICED, type SlicedMonth, slicedMonth } from '../../testing/simulation/sliced-month.ts'

const signal = new AbortController().signal

/** Records of days 1 to `days`, one of each day in turn. */
function mixed(days: number, rounds: number, text = 'm'): string[] {
  return Array.from({ length: days * rounds }, (_, i) => {
    const day = String((i % days) + 1).padStart(2, '0')
    return `2017-04-${day},${i}.5,${text}${i}`
  })
}

function filesOf({ manifest }: Snapshot): FileRecord[] {
  return manifest.parts.flatMap(({ files }) => files)
}

function pathsOf(snapshot: Snapshot, key: string): string[] {
  return filesOf(snapshot).flatMap(({ slice, path }) => (slice === key ? [path] : []))
}

function linesOf(month: SlicedMonth, snapshot: Snapshot): string[] {
  const files = filesOf(snapshot).filter(({ format }) => format === 'json')
  return files.flatMap((file) => month.linesOf(file))
}

const statuses = ({ state }: SlicedMonth): string[] => state().outcomes.map(({ status }) => status)

describe('a part with slices and segments', () => {
  it('has the files of a slice in the order of its segments', async () => {
    const month = slicedMonth({ segmentRows: 1_000 })
    const records = mixed(4, 600)
    const snapshot = await month.seal(records)
    const segments = segmentsOf(filesOf(snapshot)).map(({ json }) => [json.slice, json.rows])
    const ofDay = (day: number): (string | number)[][] => {
      const key = `2017-04-0${day}`
      return [
        [key, 250],
        [key, 250],
        [key, 100],
      ]
    }
    expect(segments).toEqual([1, 2, 3, 4].flatMap(ofDay))
    // The rows of each day are in their original order.
    const lines = linesOf(month, snapshot).filter((line) => line.includes('2017-04-02'))
    expect(lines.map((line) => /"m(\d+)"/.exec(line)?.[1])).toEqual(
      Array.from({ length: 600 }, (_, i) => String(i * 4 + 1)),
    )
    expect(await month.faults()).toEqual([])
  })

  it('is unchanged with other segments and in another order', async () => {
    const records = mixed(4, 600)
    const month = slicedMonth({ segmentRows: 1_000 })
    const first = await month.seal(records)
    expect(await month.seal([...records].reverse())).toEqual(first)
    expect(statuses(month)).toEqual(['unchanged', 'sealed'])
    // Files of the segments, written before it was known that nothing is new.
    const { faults, leftovers } = await verifyArchive(month.archive, { isDeep: true, anchor: null })
    expect({ faults, leftovers }).toEqual({ faults: [], leftovers: 2 * 4 * 3 })
  })

  it('keeps the files of the days that did not change', async () => {
    const month = slicedMonth({ segmentRows: 1_000 })
    const records = mixed(4, 600)
    const first = await month.seal(records)
    const second = await month.seal([...records, '2017-04-03,1,new'].reverse())
    for (const key of ['2017-04-01', '2017-04-02', '2017-04-04']) {
      expect(pathsOf(second, key)).toEqual(pathsOf(first, key))
    }
    const old = new Set(pathsOf(first, '2017-04-03'))
    expect(pathsOf(second, '2017-04-03').filter((path) => old.has(path))).toEqual([])
    expect(linesOf(month, second)).toHaveLength(2_401)
    expect(await month.faults()).toEqual([])
  })

  it('handles a day that has no rows any longer, and one that had none before', async () => {
    const month = slicedMonth({ segmentRows: 1_000 })
    const records = [...mixed(1, 1_000), ...mixed(3, 100)]
    const snapshot = await month.seal(records)
    expect(slicesOf(filesOf(snapshot)).map(({ key, rows }) => [key, rows])).toEqual([
      ['2017-04-01', 1_100],
      ['2017-04-02', 100],
      ['2017-04-03', 100],
    ])
    expect(await month.faults()).toEqual([])
  })
})

/** A host that dies before or after one of its writes: none of its later calls happens. */
function killedAt(nth: number, when: 'before' | 'after'): Call {
  let writes = 0
  let isDead = false
  return async (label, isWrite, make) => {
    const isMoment = isWrite && ++writes === nth
    if (isDead || (isMoment && when === 'before')) {
      isDead = true
      throw new Error(`the host is dead: ${label}`)
    }
    const value = await make()
    if (!isMoment) return value
    isDead = true
    throw new Error(`the host dies after ${label}`)
  }
}

/** `KILLS=all` tries all moments. */
const STEP = process.env['KILLS'] === 'all' ? 1 : 4

describe('a host that is killed', () => {
  it.each(['before', 'after'] as const)(
    '%s any write leaves an archive that ends the same',
    async (when) => {
      const first = mixed(3, 340)
      const second = [...first, '2017-04-02,1,new'].reverse()
      let kills = 0
      for (let at = 1; ; at += STEP) {
        const month = slicedMonth({ segmentRows: 1_000 })
        const before = await month.seal(first)
        month.says(second)
        const isKilled = await month.run(month.host(killedAt(at, when))).then(
          () => false,
          () => true,
        )
        if (!isKilled) break
        kills++
        if (month.state().status === 'closed') await month.run() // it failed
        await month.rest()
        const after = await month.newest()
        expect(after.manifest, `${when} ${at}`).toMatchObject({ number: 2, rowCount: 1_021 })
        for (const key of ['2017-04-01', '2017-04-03']) {
          expect(pathsOf(after, key)).toEqual(pathsOf(before, key))
        }
        expect(await month.faults(), `${when} ${at}`).toEqual([])
      }
      expect(kills).toBeGreaterThan(5)
    },
  )
})

describe('a catalogue with more columns', () => {
  it('gets new CSV and index files for the JSON of every slice, and then keeps them', async () => {
    const month = slicedMonth({ segmentRows: 1_000 })
    const records = [...mixed(3, 400), ',1,none']
    const first = await month.seal(records)
    const host = month.host(atOnce, newer.catalogue)
    const usage = datasetOf(newer, 'usagedetails')
    const result = await rebuildSeries(host, usage, SLICED, signal)
    expect(result).toMatchObject({ kind: 'rebuilt', rows: 1_201 })
    const rebuilt = await month.newest()
    const json = (of: Snapshot): unknown[] =>
      segmentsOf(filesOf(of)).map((each) => ({ ...each.json, rowsVersion: 1 }))
    expect(json(rebuilt)).toEqual(json(first))
    for (const { csv, json: beside } of segmentsOf(filesOf(rebuilt))) {
      expect(csv).toMatchObject({ slice: beside.slice, rowsVersion: 2 })
    }
    expect(rebuilt.manifest.parts[0]?.rowsDigest).toBe(first.manifest.parts[0]?.rowsDigest)

    month.says([...records].reverse())
    await month.run(host)
    expect(await month.newest()).toEqual(rebuilt)
    month.says([...records, '2017-04-02,1,new'])
    await month.run(host)
    const third = await month.newest()
    expect(pathsOf(third, '2017-04-01')).toEqual(pathsOf(rebuilt, '2017-04-01'))
    const { faults } = await verifyArchive(host, { isDeep: true, anchor: null })
    expect(faults).toEqual([])
  })
})

describe('a damaged file of a slice', () => {
  async function damaged(month: SlicedMonth, format: FileRecord['format']): Promise<string> {
    const file = filesOf(await month.newest()).find((each) => each.format === format)
    const { snapshots } = month.storage.stored
    const blob = snapshots.get(file?.path ?? '')
    if (file === undefined || blob === undefined) throw new Error('there is no such file')
    snapshots.set(file.path, { ...blob, bytes: Buffer.from('damaged') })
    return file.path
  }

  it.each(['csv', 'index'] as const)(
    'is repaired under the name of its slice: %s',
    async (format) => {
      const month = slicedMonth()
      await month.seal(mixed(3, 10))
      const path = await damaged(month, format)
      const { repaired, faults } = await repairArchive(month.archive, {
        isWanted: () => true,
        copies: [],
        onSeries: () => {},
      })
      expect(faults).toEqual([])
      expect(repaired).toMatchObject([{ path }])
      expect(repaired[0]?.with).toContain('/parts/all/2017-04-01-')
    },
  )

  it('is not kept if its index is unreadable and another day has changed', async () => {
    const month = slicedMonth()
    const first = await month.seal(mixed(3, 10))
    const path = await damaged(month, 'index')
    const second = await month.seal([...mixed(3, 10), '2017-04-02,1,new'])
    expect(pathsOf(second, '2017-04-01')).not.toContain(path)
    expect(pathsOf(second, '2017-04-03')).toEqual(pathsOf(first, '2017-04-03'))
  })
})
