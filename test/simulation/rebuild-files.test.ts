/** CSV, index and view are rebuilt from stored JSON when the catalogue has gained columns. */
import { beforeEach, describe, expect, it } from 'vitest'
import { rebuildSeries } from '../../shared/usecases/fetch/rebuild-series.ts'
import { archiveDataset } from '../../shared/usecases/plan/archive-dataset.ts'
import { rebuildState } from '../../shared/usecases/state/rebuild-state.ts'
import { checkHealth } from '../../shared/usecases/status/check-health.ts'
import { datasetOf, expectedOf, newer, older } from '../../testing/simulation/catalogues.ts'
import {
  archivedBy,
  askedBy,
  newestOf,
  rebuild,
  usage,
} from '../../testing/simulation/outdated-archive.ts'
import {
  filesOf,
  OPEN,
  SETTLED,
  somePage,
  type UpgradedArchive,
  upgradedArchive,
} from '../../testing/simulation/upgraded-archive.ts'
import { withSource } from '../../testing/sources/changed-source.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const signal = new AbortController().signal

let test: UpgradedArchive

beforeEach(async () => {
  test = await archivedBy(older)
})

describe('a series whose files lack columns of the catalogue', () => {
  it.each([
    ['settled', SETTLED],
    ['open, by days', OPEN],
  ])('gets what the newer program would have archived: %s', async (_name, series) => {
    const first = newestOf(test, series)
    expect(await askedBy(test, () => rebuild(test.host(newer), series))).toEqual([])
    const fresh = await archivedBy(newer)
    const [made, wanted] = [newestOf(test, series), newestOf(fresh, series)]
    for (const key of ['columns', 'rowsVersion', 'totals', 'unknownFields', 'rowCount'] as const) {
      expect(made[key]).toEqual(wanted[key])
    }
    expect(made.columns).toEqual(expectedOf('usagedetails', 2)?.columns)
    expect(made).toMatchObject({ number: 2, settled: first.settled, totals: first.totals })
    expect(made.contentSha256).toBe(first.contentSha256)
    for (const format of ['json', 'csv', 'index'] as const) {
      const bytes = filesOf(made, format).map(test.bytes)
      expect(bytes).toEqual(filesOf(wanted, format).map(fresh.bytes))
      expect(bytes).toHaveLength(first.parts.length)
    }
    expect(test.view(series)).toEqual({ text: fresh.view(series).text, number: 2 })
  })

  it('shares the JSON files with the previous snapshot, and keeps the facts about its rows', async () => {
    const first = newestOf(test, OPEN)
    test.pass(40 * DAY)
    await rebuild(test.host(newer), OPEN)
    const second = newestOf(test, OPEN)
    expect(filesOf(second, 'json').map(({ path }) => path)).toEqual(
      filesOf(first, 'json').map(({ path }) => path),
    )
    for (const [i, part] of first.parts.entries()) {
      const { key, fetchedAt, checkedAt, envelope, contentSha256 } = part
      const kept = { key, fetchedAt, checkedAt, envelope, contentSha256 }
      expect(second.parts[i]).toMatchObject(kept)
    }
    expect(second.takenAt.slice(0, 10)).toBe('2017-06-29')
    expect(second.source).toEqual(first.source)
  })

  it('verifies field by field, with its older snapshot, in both programs', async () => {
    test.pass(40 * DAY)
    await rebuild(test.host(newer))
    await rebuild(test.host(newer), OPEN)
    expect(await test.faults(newer)).toEqual([])
    expect(await test.faults(older)).toEqual([])
  })

  it('is rebuilt once, and never to fewer columns', async () => {
    expect(await rebuild(test.host(newer))).toMatchObject({ kind: 'rebuilt', number: 2, from: 1 })
    const blobs = [...test.storage.stored.snapshots.keys()]
    expect(await rebuild(test.host(newer))).toEqual({ kind: 'current' })
    const known = datasetOf(older, 'usagedetails')
    expect(await rebuildSeries(test.host(older), known, SETTLED, signal)).toEqual({
      kind: 'current',
    })
    expect([...test.storage.stored.snapshots.keys()]).toEqual(blobs)
  })

  it('does not count as checked, because nothing was fetched from the source', async () => {
    const checked = async () =>
      (await checkHealth(test.host(newer), ['100'])).find((each) => each.billingPeriod === '201703')
    const before = await checked()
    test.pass(3 * DAY)
    await rebuild(test.host(newer))
    expect(await checked()).toMatchObject({ checkedAt: before?.checkedAt, number: 2 })
    test.storage.stored.state.clear()
    await rebuildState(test.host(newer), SETTLED)
    test.pass(5 * DAY)
    expect(await askedBy(test, () => test.run(test.host(newer)))).toContain('source 201703 all')
  })

  it('with a long part is rebuilt segment by segment, each in its own delivery', async () => {
    const rowsOf = (part: string) => [somePage(part, 1, part === 'all' ? 1_100 : 1)]
    test = upgradedArchive(rowsOf)
    await test.run(test.host(older, undefined, { segmentRows: 1_000 }))
    const host = test.host(newer, undefined, { partMs: 0 })
    expect(await rebuild(host)).toMatchObject({ kind: 'rebuilt', rows: 1_100 })
    const made = newestOf(test, SETTLED)
    expect(filesOf(made, 'csv').map(({ rows }) => rows)).toEqual([1_000, 100])
    const fresh = upgradedArchive(rowsOf)
    await fresh.run(fresh.host(newer, undefined, { segmentRows: 1_000 }))
    const wanted = newestOf(fresh, SETTLED)
    expect(made.totals).toEqual(wanted.totals)
    for (const format of ['csv', 'index'] as const) {
      expect(filesOf(made, format).map(test.bytes)).toEqual(
        filesOf(wanted, format).map(fresh.bytes),
      )
    }
    expect(await test.faults(newer)).toEqual([])
  })
})

describe('a timer of the newer program', () => {
  it('rebuilds settled series, even if the source does not answer', async () => {
    test.pass(2 * DAY)
    const host = withSource(test.host(newer), {
      listPeriods: () => Promise.reject(new Error('the source is switched off')),
    })
    await expect(archiveDataset(host, usage, signal)).rejects.toThrow('switched off')
    await test.work(host)
    expect(newestOf(test, SETTLED)).toMatchObject({ number: 2, rowsVersion: 2, settled: true })
    expect(newestOf(test, OPEN)).toMatchObject({ number: 2, rowsVersion: 2, settled: false })
  })

  it('fetches only what is due, with the earlier ETags', async () => {
    test.pass(2 * DAY)
    const asked = await askedBy(test, () => test.run(test.host(newer)))
    expect(asked.filter((label) => label.includes('201703'))).toEqual([])
    expect(asked).toContain('source 201705 2017-05-01')
    // An unchanged day was not transferred again: its plan found nothing new.
    expect(test.manifests(OPEN)).toHaveLength(2)
    expect(test.state(OPEN).outcomes.map(({ status }) => status)).toEqual([
      'unchanged',
      'sealed',
      'sealed',
    ])
  })

  it('does nothing in its next run', async () => {
    await test.run(test.host(newer))
    const blobs = test.storage.stored.snapshots.size
    test.pass(DAY)
    await test.run(test.host(newer))
    expect(test.storage.stored.snapshots.size).toBe(blobs)
  })

  it('archives what has changed after the rebuild, in the same run', async () => {
    test.source.restate('201705', '2017-05-02', {
      etag: '"2"',
      pages: [somePage('2017-05-02', 2, 5)],
    })
    test.pass(DAY)
    await test.run(test.host(newer))
    expect(
      test.manifests(OPEN).map(({ rowsVersion, rowCount }) => [rowsVersion, rowCount]),
    ).toEqual([
      [1, 6],
      [2, 6],
      [2, 8],
    ])
    expect(await test.faults(newer)).toEqual([])
  })
})
