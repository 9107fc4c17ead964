/** A host that dies during a rebuild, before or after each of its calls to storage. */
import { describe, expect, it } from 'vitest'
import type { Series } from '../../shared/format/series.ts'
import type { Archive } from '../../shared/usecases/archive.ts'
import { rebuildSeries } from '../../shared/usecases/fetch/rebuild-series.ts'
import { sweep } from '../../shared/usecases/plan/sweep.ts'
import type { Call } from '../../testing/simulation/archive-in-memory.ts'
import { datasetOf, newer, older } from '../../testing/simulation/catalogues.ts'
import {
  filesOf,
  OPEN,
  SETTLED,
  type UpgradedArchive,
  upgradedArchive,
} from '../../testing/simulation/upgraded-archive.ts'

const HOUR = 3_600_000
const usage = datasetOf(newer, 'usagedetails')

async function archived(): Promise<UpgradedArchive> {
  const made = upgradedArchive()
  await made.run(made.host(older))
  return made
}

function rebuild(archive: Archive, series: Series): Promise<unknown> {
  return rebuildSeries(archive, usage, series, new AbortController().signal)
}

/** Lets a host make `calls` calls; the next one may happen or not, and nothing after it. */
function dyingAfter(calls: number, isMade: boolean): Call {
  let made = 0
  return async (label, _isWrite, make) => {
    if (made++ < calls) return make()
    if (made === calls + 1 && isMade) await make()
    throw new Error(`the host is dead: ${label}`)
  }
}

async function callsOf(series: Series): Promise<number> {
  const test = await archived()
  let calls = 0
  const counting: Call = (_label, _isWrite, make) => {
    calls++
    return make()
  }
  await rebuild(test.host(newer, counting), series)
  return calls
}

/** The content of the rebuilt snapshot and the view, without names. */
function contentOf(test: UpgradedArchive, series: Series): unknown {
  const manifest = test.manifests(series).at(-1)
  const { number, rowsVersion, totals, contentSha256 } = manifest ?? {}
  const csv = filesOf(manifest, 'csv').map((file) => test.bytes(file).toString())
  return { number, rowsVersion, totals, contentSha256, csv, view: test.view(series) }
}

describe('a host that dies during a rebuild', () => {
  it.each([
    ['settled', SETTLED],
    ['open, by days', OPEN],
  ])(
    'leaves a rebuild that the next host finishes with the same result: %s',
    async (_name, series) => {
      const whole = await archived()
      await rebuild(whole.host(newer), series)
      const wanted = contentOf(whole, series)
      const calls = await callsOf(series)
      expect(calls).toBeGreaterThan(15)
      for (let call = 0; call < calls; call++) {
        for (const isMade of [false, true]) {
          const test = await archived()
          await rebuild(test.host(newer, dyingAfter(call, isMade)), series).catch(() => {})
          test.pass(3 * HOUR)
          const next = test.host(newer)
          const sourceBefore = test.calls.filter((label) => label.startsWith('source ')).length
          // Half of them are finished by the command, the others by sweep and queue.
          if (call % 2 === 0) {
            await sweep(next)
            await test.work(next)
          }
          await rebuild(next, series)
          expect(contentOf(test, series)).toEqual(wanted)
          expect(test.state(series)).toMatchObject({ status: 'closed' })
          expect(test.manifests(series)).toHaveLength(2)
          const sourceAfter = test.calls.filter((label) => label.startsWith('source ')).length
          expect(sourceAfter).toBe(sourceBefore)
          expect(await test.faults(newer)).toEqual([])
        }
      }
    },
  )

  it('does not disturb another host that rebuilds at the same time', async () => {
    const test = await archived()
    const hosts = [test.host(newer), test.host(newer), test.host(newer)]
    await Promise.all(hosts.map((host) => rebuild(host, OPEN)))
    expect(test.manifests(OPEN).map(({ rowsVersion }) => rowsVersion)).toEqual([1, 2])
    expect(await test.faults(newer)).toEqual([])
  })
})
