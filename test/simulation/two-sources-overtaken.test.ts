/** A view update during which another source takes over. */
import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { Archive } from '../../shared/usecases/archive.ts'
import { rebuildView, refreshView } from '../../shared/usecases/view/refresh-view.ts'
import { EA, newestOf, twoSnapshotsOfEa, viewOf } from '../../testing/simulation/two-sources.ts'
import { FAKE } from '../../testing/sources/fake-source.ts'

describe('a view update that another source overtakes', () => {
  /** EA's update waits at `moment` until FAKE has its first snapshot and has written the view. */
  async function overtaken(moment: 'head' | 'blocks' | 'stage' | 'commit') {
    const archive = await twoSnapshotsOfEa()
    const { deps } = archive.http
    const newest = await newestOf(archive, EA)
    let isFirst = true
    const overtake = async (): Promise<void> => {
      if (!isFirst) return
      isFirst = false
      await archive.archive(FAKE, ['3.3'])
    }
    const { view } = deps.archive
    const slow: Archive['view'] = {
      ...view,
      async head(name) {
        if (moment === 'head') await overtake()
        return view.head(name)
      },
      async blocks(name) {
        if (moment === 'blocks') await overtake()
        return view.blocks(name)
      },
      async stage(...args) {
        if (moment === 'stage') await overtake()
        return view.stage(...args)
      },
      async commit(...args) {
        if (moment === 'commit') await overtake()
        return view.commit(...args)
      },
    }
    const isWritten = await rebuildView({ ...deps.archive, view: slow }, newest)
    return { isWritten, view: viewOf(archive) }
  }

  it.each(['head', 'stage', 'commit'] as const)('at its %s gives way', async (moment) => {
    expect(await overtaken(moment)).toEqual({
      isWritten: false,
      view: { source: FAKE, number: '1', costs: ['3.3'] },
    })
  })

  it('between reading the view and resolving the source gives way', async () => {
    const archive = await twoSnapshotsOfEa()
    const { deps } = archive.http
    const newest = await newestOf(archive, EA)
    let isFirst = true
    const view: Archive['view'] = {
      ...deps.archive.view,
      async head(name) {
        const head = await deps.archive.view.head(name)
        if (isFirst) {
          isFirst = false
          await archive.archive(FAKE, ['3.3'])
        }
        return head
      },
    }
    expect(await rebuildView({ ...deps.archive, view }, newest)).toBe(false)
    expect(viewOf(archive)).toEqual({ source: FAKE, number: '1', costs: ['3.3'] })
  })

  it.each(Array.from({ length: 20 }, (_, i) => i + 1))(
    'gives way in whatever order their calls come: seed %i',
    async (seed) => {
      const archive = await twoSnapshotsOfEa()
      const { deps } = archive.http
      const newest = await newestOf(archive, EA)
      const late = lateArchive(deps.archive, seed)
      const overtake = async (): Promise<void> => {
        for (let turns = seed % 20; turns > 0; turns--) await setImmediate()
        await archive.archive(FAKE, ['3.3'])
      }
      await Promise.all([rebuildView(late, newest), overtake(), refreshView(late, newest)])
      expect(viewOf(archive)).toEqual({ source: FAKE, number: '1', costs: ['3.3'] })
    },
  )
})

/** The archive, with delays from a seed in its calls for views and manifests. */
function lateArchive(archive: Archive, seed: number): Archive {
  let state = seed
  const wait = async (): Promise<void> => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    for (let turns = (state >> 8) % 8; turns > 0; turns--) await setImmediate()
  }
  const slowly = <A extends unknown[], T>(call: (...args: A) => Promise<T>) => {
    return async (...args: A): Promise<T> => {
      await wait()
      const found = await call(...args)
      await wait()
      return found
    }
  }
  const { view, snapshots } = archive
  const { head, blocks, stage, commit } = view
  return {
    ...archive,
    view: {
      ...view,
      head: slowly(head),
      blocks: slowly(blocks),
      stage: slowly(stage),
      commit: slowly(commit),
    },
    snapshots: {
      ...snapshots,
      async *list(prefix) {
        await wait()
        yield* snapshots.list(prefix)
        await wait()
      },
    },
  }
}
