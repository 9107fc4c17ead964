/** The view of an archive in which two sources have the same data. */
import { describe, expect, it } from 'vitest'
import { viewName } from '../../shared/format/view-names.ts'
import type { Archive } from '../../shared/usecases/archive.ts'
import { sweep } from '../../shared/usecases/plan/sweep.ts'
import { verifyArchive } from '../../shared/usecases/verify/verify-archive.ts'
import { rebuildView, refreshView } from '../../shared/usecases/view/refresh-view.ts'
import {
  EA,
  newestOf,
  twoSnapshotsOfEa,
  USAGE,
  viewOf,
} from '../../testing/simulation/two-sources.ts'
import { FAKE } from '../../testing/sources/fake-source.ts'

const NAME = viewName(USAGE)
const HOUR = 3_600_000

/** The state of the view as verified by `archive`, and the faults. */
async function verified(archive: Archive) {
  const views: Record<string, string | null> = {}
  const { faults } = await verifyArchive(archive, {
    isDeep: false,
    anchor: null,
    onSeries: ({ series, view }) => {
      views[series.source] = view
    },
  })
  return { views, faults: faults.map(({ code, blob }) => `${code} ${blob}`) }
}

describe('the view', () => {
  it('is replaced by another source, whatever its number', async () => {
    const archive = await twoSnapshotsOfEa()
    await archive.archive(FAKE, ['3.3'])
    expect(viewOf(archive)).toEqual({ source: FAKE, number: '1', costs: ['3.3'] })
    await archive.archive(EA, ['4.4'])
    expect(viewOf(archive)).toEqual({ source: FAKE, number: '1', costs: ['3.3'] })
  })

  it('is never written from a source that does not answer, not even by a rebuild', async () => {
    const archive = await twoSnapshotsOfEa()
    await archive.archive(FAKE, ['3.3'])
    const { deps } = archive.http
    const before = archive.http.storage.stored.view.get(NAME)
    expect(await refreshView(deps.archive, await newestOf(archive, EA))).toBe(false)
    expect(await rebuildView(deps.archive, await newestOf(archive, EA))).toBe(false)
    expect(archive.http.storage.stored.view.get(NAME)).toEqual(before)
    expect(await rebuildView(deps.archive, await newestOf(archive, FAKE))).toBe(true)
    expect(viewOf(archive)).toEqual({ source: FAKE, number: '1', costs: ['3.3'] })
  })

  it('is updated by the sweep if the worker died before', async () => {
    const archive = await twoSnapshotsOfEa()
    const { stored } = archive.http.storage
    const old = stored.view.get(NAME)
    await archive.archive(FAKE, ['3.3'])
    if (old !== undefined) stored.view.set(NAME, old)
    expect(viewOf(archive).source).toBe(EA)
    const { deps } = archive.http
    expect(await verified(deps.archive)).toEqual({
      views: { [EA]: null, [FAKE]: 'behind' },
      faults: [],
    })
    await sweep(deps.archive)
    expect(viewOf(archive)).toEqual({ source: FAKE, number: '1', costs: ['3.3'] })
    expect((await verified(deps.archive)).views).toEqual({ [EA]: null, [FAKE]: 'current' })
  })

  it('is a fault if it is still that of another source', async () => {
    const archive = await twoSnapshotsOfEa()
    const { stored } = archive.http.storage
    const old = stored.view.get(NAME)
    await archive.archive(FAKE, ['3.3'])
    if (old !== undefined) stored.view.set(NAME, old)
    archive.http.sleep(3 * HOUR)
    const { faults } = await verified(archive.http.deps.archive)
    expect(faults).toEqual([`VIEW_BEHIND ${NAME}`])
  })

  it.each([
    ['names no source', { number: '7' }],
    ['names another number of the other source', { source: EA, number: '99' }],
    ['is of a source that is gone', { source: 'gone', number: '5' }],
  ])('of an earlier program is replaced: it %s', async (_name, metadata) => {
    const archive = await twoSnapshotsOfEa()
    const { stored } = archive.http.storage
    await archive.archive(FAKE, ['3.3'])
    const { bytes, etag, createdAt } = stored.view.get(NAME) ?? {}
    if (!bytes || !etag || !createdAt) throw new Error('no view')
    stored.view.set(NAME, { bytes: Buffer.from('old'), etag, createdAt, metadata })
    await sweep(archive.http.deps.archive)
    expect(viewOf(archive)).toEqual({ source: FAKE, number: '1', costs: ['3.3'] })
  })

  it('follows a setting, in both directions', async () => {
    const archive = await twoSnapshotsOfEa()
    await archive.archive(FAKE, ['3.3'])
    const later = archive.withPolicy({
      answersFrom: { [FAKE]: { '100': '201705' } },
      supersedes: [],
    })
    expect((await verified(later)).views).toEqual({ [EA]: 'behind', [FAKE]: null })
    await sweep(later)
    expect(viewOf(archive)).toEqual({ source: EA, number: '2', costs: ['1.1', '2.2'] })
    expect(await verified(later)).toEqual({ views: { [EA]: 'current', [FAKE]: null }, faults: [] })
    await sweep(archive.http.deps.archive)
    expect(viewOf(archive)).toEqual({ source: FAKE, number: '1', costs: ['3.3'] })
  })

  it('costs a sweep no write, and no read of rows, while nothing changes', async () => {
    const archive = await twoSnapshotsOfEa()
    await archive.archive(FAKE, ['3.3'])
    const before = archive.http.storage.stored.view.get(NAME)
    const { deps } = archive.http
    const never = async (): Promise<never> => {
      throw new Error('the view is right')
    }
    const view = { ...deps.archive.view, stage: never, commit: never, blocks: never }
    await sweep({ ...deps.archive, view })
    expect(archive.http.storage.stored.view.get(NAME)).toEqual(before)
  })
})
