/** A part and its function's time: unfinished work is recorded, and nothing is started too late. */
import { describe, expect, it } from 'vitest'
import { archivePart } from '../../../../shared/usecases/fetch/archive-part.ts'
import { readPartState } from '../../../../shared/usecases/state/read-state.ts'
import {
  openIn,
  openPlan,
  partMessage,
  scriptedArchive,
} from '../../../../testing/simulation/scripted-archive.ts'
import { page, type Script, scripted } from '../../../../testing/sources/scripted-source.ts'

const never = new AbortController().signal

/** Page 1 differs each time it is read. */
const restless: Script = ({ url }, number) => ({
  body: url.searchParams.has('p') ? page([1]) : page([number], '?p=2'),
})

describe('a part whose function is ended', () => {
  it.each<[string, Script]>([
    ['while its source hangs', () => null],
    ['in the middle of a body', () => ({ body: ['{"data":[{"cost":1}', null] })],
  ])('%s has its failure recorded, and its message reappears', async (_, script) => {
    const archive = scriptedArchive(scripted(script).source)
    await openIn(archive)
    await expect(archivePart(archive, partMessage, AbortSignal.timeout(30))).rejects.toMatchObject({
      code: 'INVOCATION_ENDED',
    })
    const { state } = await readPartState(archive.state, openPlan.series, openPlan.plan.id, 'all')
    expect(state?.failure).toMatchObject({
      code: 'INVOCATION_ENDED',
      message: expect.stringMatching(/tried again/),
    })
  })
})

describe('a part whose source changes during the fetch', () => {
  it('starts over in the same function, three times at most', async () => {
    const { source, asked } = scripted(restless)
    const archive = scriptedArchive(source)
    await openIn(archive)
    await expect(archivePart(archive, partMessage, never)).rejects.toMatchObject({
      code: 'SOURCE_CHANGED',
    })
    expect(asked).toHaveLength(3 * 3)
  })

  it('does not start over after PART_SECONDS, counted over all starts', async () => {
    const { source, asked } = scripted(restless)
    // Each start takes 400 of the 600 seconds: there is a second start, but no third.
    const elapsedMs = (): number => Math.ceil(asked.length / 3) * 400_000
    const archive = scriptedArchive(source, { elapsedMs })
    await openIn(archive)
    await expect(archivePart(archive, partMessage, never)).rejects.toMatchObject({
      code: 'SOURCE_CHANGED',
    })
    expect(asked).toHaveLength(2 * 3)
  })

  it('is closed as a segment after the time of all its starts', async () => {
    let changes = 1
    const rows = Array.from({ length: 700 }, (_, i) => i)
    const script: Script = ({ url }) => {
      const p = Number(url.searchParams.get('p') ?? 1)
      if (p === 1) return { body: page([changes, ...rows], '?p=2') }
      if (p === 3 && changes > 0) changes--
      return { body: page(rows, p === 3 ? null : `?p=${p + 1}`) }
    }
    const { source, asked } = scripted(script)
    const elapsedMs = (): number => asked.length * 100_000
    const archive = scriptedArchive(source, { elapsedMs })
    await openIn(archive)
    await archivePart(archive, partMessage, never)
    const { state } = await readPartState(archive.state, openPlan.series, openPlan.plan.id, 'all')
    const sha256 = expect.stringMatching(/^[0-9a-f]{64}$/)
    expect(state?.progress).toMatchObject({
      starts: 2,
      rowCount: 1_000,
      resume: { skippedSha256: sha256, facts: { firstPageSha256: sha256 } },
    })
  })
})
