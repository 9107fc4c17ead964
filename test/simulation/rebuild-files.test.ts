/** CSV, index and view are rebuilt from stored JSON when the catalogue has gained columns. */
import { beforeEach, describe, expect, it } from 'vitest'
import { manifestName } from '../../shared/format/layout.ts'
import type { Manifest } from '../../shared/format/manifest.ts'
import type { Series } from '../../shared/format/series.ts'
import type { Archive } from '../../shared/usecases/archive.ts'
import { type RebuildResult, rebuildSeries } from '../../shared/usecases/fetch/rebuild-series.ts'
import { archiveDataset } from '../../shared/usecases/plan/archive-dataset.ts'
import { openRebuild } from '../../shared/usecases/plan/open-rebuild.ts'
import { refreshSeries } from '../../shared/usecases/plan/refresh-series.ts'
import { repairArchive } from '../../shared/usecases/repair/repair-archive.ts'
import { rebuildState } from '../../shared/usecases/state/rebuild-state.ts'
import { checkHealth } from '../../shared/usecases/status/check-health.ts'
import { datasetOf, expectedOf, newer, older } from '../../testing/simulation/catalogues.ts'
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
const usage = datasetOf(newer, 'usagedetails')
const signal = new AbortController().signal

let test: UpgradedArchive

beforeEach(async () => {
  test = await archivedBy(older)
})

async function archivedBy(
  program: typeof older,
  rowsOf?: (part: string) => string[],
): Promise<UpgradedArchive> {
  const made = upgradedArchive(rowsOf)
  await made.run(made.host(program))
  return made
}

function rebuild(archive: Archive, series = SETTLED): Promise<RebuildResult> {
  return rebuildSeries(archive, usage, series, signal)
}

function newest(series: Series, of = test): Manifest {
  const manifest = of.manifests(series).at(-1)
  if (manifest === undefined) throw new Error('there is no snapshot')
  return manifest
}

/** Calls to the source during `work`. */
async function askedBy(work: () => Promise<unknown>): Promise<string[]> {
  const before = test.calls.length
  await work()
  return test.calls.slice(before).filter((label) => label.startsWith('source '))
}

/** Changes a stored file; its metadata keep the old digest. */
function damage(path: string): void {
  const { snapshots } = test.storage.stored
  const blob = snapshots.get(path)
  if (blob === undefined) throw new Error(`${path} is not there`)
  const bytes = Buffer.from(blob.bytes)
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] as number) ^ 1
  snapshots.set(path, { ...blob, bytes })
}

function pathOf(series: Series, format: 'json' | 'csv' | 'index'): string {
  return filesOf(newest(series), format)[0]?.path ?? ''
}

describe('a series whose files lack columns of the catalogue', () => {
  it.each([
    ['settled', SETTLED],
    ['open, by days', OPEN],
  ])('gets what the newer program would have archived: %s', async (_name, series) => {
    const first = newest(series)
    expect(await askedBy(() => rebuild(test.host(newer), series))).toEqual([])
    const fresh = await archivedBy(newer)
    const [made, wanted] = [newest(series), newest(series, fresh)]
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
    const first = newest(OPEN)
    test.pass(40 * DAY)
    await rebuild(test.host(newer), OPEN)
    const second = newest(OPEN)
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
    expect(await askedBy(() => test.run(test.host(newer)))).toContain('source 201703 all')
  })

  it('with a long part is rebuilt segment by segment, each in its own delivery', async () => {
    const rowsOf = (part: string) => [somePage(part, 1, part === 'all' ? 1_100 : 1)]
    test = upgradedArchive(rowsOf)
    await test.run(test.host(older, undefined, { segmentRows: 1_000 }))
    const host = test.host(newer, undefined, { partMs: 0 })
    expect(await rebuild(host)).toMatchObject({ kind: 'rebuilt', rows: 1_100 })
    const made = newest(SETTLED)
    expect(filesOf(made, 'csv').map(({ rows }) => rows)).toEqual([1_000, 100])
    const fresh = upgradedArchive(rowsOf)
    await fresh.run(fresh.host(newer, undefined, { segmentRows: 1_000 }))
    const wanted = newest(SETTLED, fresh)
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
    expect(newest(SETTLED)).toMatchObject({ number: 2, rowsVersion: 2, settled: true })
    expect(newest(OPEN)).toMatchObject({ number: 2, rowsVersion: 2, settled: false })
  })

  it('fetches only what is due, with the earlier ETags', async () => {
    test.pass(2 * DAY)
    const asked = await askedBy(() => test.run(test.host(newer)))
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

describe('other plans and requests', () => {
  it('are not disturbed: nothing is rebuilt while another plan is open', async () => {
    test.pass(8 * DAY)
    await archiveDataset(test.host(older), datasetOf(older, 'usagedetails'), signal)
    expect(await rebuild(test.host(newer))).toEqual({ kind: 'busy' })
    await test.work(test.host(newer))
    expect(await rebuild(test.host(newer))).toMatchObject({ kind: 'rebuilt' })
  })

  it('of a rebuild do not serve a refresh, which fetches from the source afterwards', async () => {
    test.pass(DAY)
    const host = test.host(newer)
    await openRebuild(host, usage, SETTLED, { isAsked: true })
    const refreshed = await refreshSeries(host, usage, SETTLED, signal)
    expect(await askedBy(() => test.work(host))).toContain('source 201703 all')
    expect(test.state(SETTLED).outcomes.map(({ planId, status }) => [planId, status])).toEqual([
      ['planId' in refreshed && refreshed.planId, 'unchanged'],
      [expect.any(String), 'sealed'],
      [expect.any(String), 'sealed'],
    ])
  })

  it('of a refresh after a rebuild do not have to wait, because it fetched nothing', async () => {
    test.pass(DAY)
    await rebuild(test.host(newer))
    expect(await refreshSeries(test.host(newer), usage, SETTLED, signal)).toHaveProperty('planId')
  })

  it('of an older program leave a rebuild alone', async () => {
    test.pass(8 * DAY)
    await openRebuild(test.host(newer), usage, SETTLED, { isAsked: true })
    const before = test.state(SETTLED)
    await archiveDataset(test.host(older), datasetOf(older, 'usagedetails'), signal)
    expect(test.state(SETTLED)).toEqual(before)
    await test.work(test.host(newer))
    expect(newest(SETTLED)).toMatchObject({ number: 2, rowsVersion: 2 })
  })

  it('end a rebuild whose snapshot is no longer the newest', async () => {
    const host = test.host(newer)
    await openRebuild(host, usage, SETTLED, { isAsked: true })
    // As if the state had been restored from an older backup than the archive.
    const { snapshots } = test.storage.stored
    const first = snapshots.get(manifestName(SETTLED, 1))
    if (first === undefined) throw new Error('there is no snapshot')
    const text = first.bytes.toString().replace('"number":1,', '"number":2,')
    snapshots.set(manifestName(SETTLED, 2), { ...first, bytes: Buffer.from(text) })
    await test.work(host)
    expect(test.state(SETTLED)).toMatchObject({
      status: 'closed',
      outcomes: [{ status: 'failed', failed: [{ code: 'CONDITION_NOT_MET' }] }, {}],
    })
    expect(snapshots.has(manifestName(SETTLED, 3))).toBe(false)
  })
})

describe('damage', () => {
  it('of a JSON file is named for its series, and the others continue', async () => {
    const json = pathOf(SETTLED, 'json')
    damage(json)
    await expect(rebuild(test.host(newer))).rejects.toMatchObject({
      code: 'FILE_DAMAGED',
      message: expect.stringContaining(json),
    })
    expect(newest(SETTLED).number).toBe(1)
    expect(test.state(SETTLED)).toMatchObject({ status: 'closed' })
    test.pass(DAY)
    await test.run(test.host(newer))
    expect(newest(OPEN).rowsVersion).toBe(2)
    expect(newest(SETTLED).number).toBe(1)
  })

  it('of a JSON file does not keep the series from being fetched when it is due', async () => {
    damage(pathOf(SETTLED, 'json'))
    test.pass(8 * DAY)
    await test.run(test.host(newer))
    await test.work(test.host(newer))
    expect(newest(SETTLED)).toMatchObject({ number: 2, rowsVersion: 2 })
  })

  it('of a JSON file that is gone is named too', async () => {
    const json = pathOf(SETTLED, 'json')
    test.storage.stored.snapshots.delete(json)
    await expect(rebuild(test.host(newer))).rejects.toMatchObject({
      code: 'BLOB_NOT_FOUND',
      message: expect.stringContaining(json),
    })
  })

  it('of a JSON file that two snapshots share is repaired once, and both are intact', async () => {
    await rebuild(test.host(newer))
    const files = { json: pathOf(SETTLED, 'json'), csv: pathOf(SETTLED, 'csv') }
    const intact = test.bytes({ path: files.json })
    damage(files.json)
    damage(files.csv)
    const { repaired, faults } = await repairArchive(test.host(newer), {
      isWanted: () => true,
      copies: [
        async function* copies(name) {
          async function* bytes(): AsyncGenerator<Buffer> {
            yield intact
          }
          if (name === files.json) yield { from: 'a copy', bytes }
        },
      ],
      onSeries: () => {},
    })
    expect(repaired.map(({ path }) => path)).toEqual([files.json, files.csv])
    expect(faults).toEqual([])
    expect(await test.faults(newer)).toEqual([])
  })

  it.each(['csv', 'index'] as const)('of the old %s does not matter', async (format) => {
    damage(pathOf(SETTLED, format))
    await rebuild(test.host(newer))
    const fresh = await archivedBy(newer)
    for (const each of ['csv', 'index'] as const) {
      expect(filesOf(newest(SETTLED), each).map(test.bytes)).toEqual(
        filesOf(newest(SETTLED, fresh), each).map(fresh.bytes),
      )
    }
  })
})
