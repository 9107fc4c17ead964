/** The use cases with an unknown source that is not ready at once. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { planName } from '../../shared/format/layout.ts'
import { parseState } from '../../shared/format/series-state.ts'
import { checkHealth } from '../../shared/usecases/status/check-health.ts'
import { verifyArchive } from '../../shared/usecases/verify/verify-archive.ts'
import { HOUR, scene, series } from '../../testing/simulation/fake-scene.ts'
import { FAKE } from '../../testing/sources/fake-source.ts'

describe('an unknown source', () => {
  it('is archived once its rows are ready, and verifies', async () => {
    const { timer, rest, archive, asked } = scene()
    await timer()
    const snapshot = await rest()
    expect(snapshot?.manifest).toMatchObject({
      source: { kind: FAKE, apiVersion: '1' },
      number: 1,
      rowCount: 3,
      totals: { cost: '3.3', consumedQuantity: '0' },
    })
    expect(asked).toEqual([null, { report: 1, poll: 1 }, { report: 1, poll: 2 }])
    const { faults, snapshots } = await verifyArchive(archive, { isDeep: true, anchor: null })
    expect({ faults, snapshots }).toEqual({ faults: [], snapshots: 1 })
    expect(await checkHealth(archive, ['100'])).toMatchObject([{ status: 'unsettled', number: 1 }])
  })

  it('is unchanged the second time, and keeps its files', async () => {
    const { timer, rest, pass, storage, archive } = scene()
    await timer()
    const first = await rest()
    const names = [...storage.stored.snapshots.keys()]
    pass(24 * HOUR)
    await timer()
    expect(await rest()).toEqual(first)
    expect([...storage.stored.snapshots.keys()]).toEqual(names)
    const { bytes } = await archive.state.read(planName(series))
    const outcomes = parseState(bytes ?? Buffer.alloc(0), 'plan.json').outcomes
    expect(outcomes.map(({ status }) => status)).toEqual(['unchanged', 'sealed'])
  })

  it('has the same files, whether it was ready at once or not', async () => {
    const digests = [0, 1, 2].map(async (polls) => {
      const { timer, rest } = scene({ polls })
      await timer()
      const [part] = (await rest())?.manifest.parts ?? []
      return part?.files.map(({ sha256 }) => sha256)
    })
    const [atOnceReady, ...later] = await Promise.all(digests)
    expect(atOnceReady).toHaveLength(3)
    expect(later).toEqual([atOnceReady, atOnceReady])
  })

  it('is cut into segments like any other', async () => {
    const { timer, rest, asked } = scene({ rows: 2_500, policy: { segmentRows: 1_000 } })
    await timer()
    const snapshot = await rest()
    expect(snapshot?.manifest.rowCount).toBe(2_500)
    expect(snapshot?.manifest.parts[0]?.files).toHaveLength(9)
    expect(asked.slice(3)).toEqual([
      { report: 1, skip: 1_000 },
      { report: 1, skip: 2_000 },
    ])
  })
})

it('no file of the program had to know this source', () => {
  const root = resolve(import.meta.dirname, '../..')
  const knowing = ['shared', 'functions', 'cli', 'local', 'soak', 'terminal'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .filter((name) => readFileSync(join(root, folder, name), 'utf8').includes(FAKE)),
  )
  expect(knowing).toEqual([])
})
