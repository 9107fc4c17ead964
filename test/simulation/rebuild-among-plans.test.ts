/** Rebuilds among other plans and requests, and rebuilds that meet damage. */
import { beforeEach, describe, expect, it } from 'vitest'
import { manifestName } from '../../shared/format/layout.ts'
import { archiveDataset } from '../../shared/usecases/plan/archive-dataset.ts'
import { openRebuild } from '../../shared/usecases/plan/open-rebuild.ts'
import { refreshSeries } from '../../shared/usecases/plan/refresh-series.ts'
import { repairArchive } from '../../shared/usecases/repair/repair-archive.ts'
import { datasetOf, newer, older } from '../../testing/simulation/catalogues.ts'
import {
  archivedBy,
  askedBy,
  damage,
  newestOf,
  pathOf,
  rebuild,
  usage,
} from '../../testing/simulation/outdated-archive.ts'
import {
  filesOf,
  OPEN,
  SETTLED,
  type UpgradedArchive,
} from '../../testing/simulation/upgraded-archive.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const signal = new AbortController().signal

let test: UpgradedArchive

beforeEach(async () => {
  test = await archivedBy(older)
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
    expect(await askedBy(test, () => test.work(host))).toContain('source 201703 all')
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
    expect(newestOf(test, SETTLED)).toMatchObject({ number: 2, rowsVersion: 2 })
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
    const json = pathOf(test, SETTLED, 'json')
    damage(test, json)
    await expect(rebuild(test.host(newer))).rejects.toMatchObject({
      code: 'FILE_DAMAGED',
      message: expect.stringContaining(json),
    })
    expect(newestOf(test, SETTLED).number).toBe(1)
    expect(test.state(SETTLED)).toMatchObject({ status: 'closed' })
    test.pass(DAY)
    await test.run(test.host(newer))
    expect(newestOf(test, OPEN).rowsVersion).toBe(2)
    expect(newestOf(test, SETTLED).number).toBe(1)
  })

  it('of a JSON file does not keep the series from being fetched when it is due', async () => {
    damage(test, pathOf(test, SETTLED, 'json'))
    test.pass(8 * DAY)
    await test.run(test.host(newer))
    await test.work(test.host(newer))
    expect(newestOf(test, SETTLED)).toMatchObject({ number: 2, rowsVersion: 2 })
  })

  it('of a JSON file that is gone is named too', async () => {
    const json = pathOf(test, SETTLED, 'json')
    test.storage.stored.snapshots.delete(json)
    await expect(rebuild(test.host(newer))).rejects.toMatchObject({
      code: 'BLOB_NOT_FOUND',
      message: expect.stringContaining(json),
    })
  })

  it('of a JSON file that two snapshots share is repaired once, and both are intact', async () => {
    await rebuild(test.host(newer))
    const files = { json: pathOf(test, SETTLED, 'json'), csv: pathOf(test, SETTLED, 'csv') }
    const intact = test.bytes({ path: files.json })
    damage(test, files.json)
    damage(test, files.csv)
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
    damage(test, pathOf(test, SETTLED, format))
    await rebuild(test.host(newer))
    const fresh = await archivedBy(newer)
    for (const each of ['csv', 'index'] as const) {
      expect(filesOf(newestOf(test, SETTLED), each).map(test.bytes)).toEqual(
        filesOf(newestOf(fresh, SETTLED), each).map(fresh.bytes),
      )
    }
  })
})
