/** Repeated refreshes never keep a plan from ending. */

import { beforeEach, describe, expect, it } from 'vitest'
import { usageDetails } from '../../shared/datasets/usage-details.ts'
import { ArchiveError } from '../../shared/errors.ts'
import { planName } from '../../shared/format/layout.ts'
import type { Series } from '../../shared/format/series.ts'
import { parseState, type SeriesState } from '../../shared/format/series-state.ts'
import type { Archive } from '../../shared/usecases/archive.ts'
import { archivePart } from '../../shared/usecases/fetch/archive-part.ts'
import { archiveDataset } from '../../shared/usecases/plan/archive-dataset.ts'
import { planProgress, refreshSeries } from '../../shared/usecases/plan/refresh-series.ts'
import { sweep } from '../../shared/usecases/plan/sweep.ts'
import { parseMessage } from '../../shared/usecases/state/part-message.ts'
import { quietArchive } from '../../testing/simulation/memory-archive.ts'
import type { MemoryStorage } from '../../testing/simulation/memory-storage.ts'
import type { SimulatedSource } from '../../testing/simulation/source.ts'
import { withSource } from '../../testing/sources/changed-source.ts'

const MINUTE = 60_000
const DAYS = ['2017-04-01', '2017-04-02', '2017-04-03'] as const
const [DAY, , TODAY] = DAYS
const signal = new AbortController().signal
const series: Series = {
  source: 'ea-reporting',
  dataset: 'usagedetails',
  enrollment: '100',
  billingPeriod: '201704',
}

let clock: number
let storage: MemoryStorage
let source: SimulatedSource
let archive: Archive

beforeEach(() => {
  clock = Date.parse('2017-04-01T03:00:00Z')
  const period = { id: '201704', firstDay: DAY, lastDay: TODAY, datasets: ['usagedetails'] }
  ;({ storage, source, archive } = quietArchive(() => clock, TODAY, [period], '[{"cost":0.5}]'))
})

function state(): SeriesState {
  const bytes = storage.stored.state.get(planName(series))?.bytes
  return parseState(bytes ?? Buffer.alloc(0), 'plan.json')
}

const snapshots = (): number =>
  [...storage.stored.snapshots.keys()].filter((name) => name.includes('/snapshots/')).length

/** Processes this many messages. */
async function work(most = 100, by: Archive = archive): Promise<void> {
  const { messages } = storage.stored
  for (let count = 0; count < most; count++) {
    const message = messages.shift()
    if (message === undefined) return
    await archivePart(by, parseMessage(JSON.parse(message.body)), signal)
  }
}

async function refresh(): Promise<string> {
  const found = await refreshSeries(archive, usageDetails, series, signal)
  return 'planId' in found ? found.planId : ''
}

describe('a series that is refreshed every five minutes', () => {
  it('still gets its snapshots, although its parts are processed one by one', async () => {
    const asked = new Set<string>()
    for (let minute = 0; minute < 48 * 60; minute += 5) {
      const hour = Math.floor(minute / 60)
      if (minute % 60 === 0) {
        source.restate('201704', DAY, { etag: `"${hour}"`, pages: [`[{"cost":${hour}.5}]`] })
      }
      const planId = await refresh()
      if (planId !== '') asked.add(planId)
      await work(1)
      clock += 5 * MINUTE
    }
    expect(snapshots()).toBeGreaterThanOrEqual(46)
    for (const planId of [...asked].slice(-10)) {
      const { status } = await planProgress(archive, series, planId)
      expect(['running', 'sealed', 'unchanged']).toContain(status)
    }
  })

  it('gets data fresher than the request from the returned plan', async () => {
    await archiveDataset(archive, usageDetails, signal)
    clock += 20 * MINUTE
    const asked = clock
    const planId = await refresh()
    expect(state()).toMatchObject({ status: 'open', plan: { again: { planId } } })
    await work()
    clock += MINUTE
    await work()
    const { outcomes, ...rest } = state()
    expect(outcomes[0]).toMatchObject({ planId, status: 'unchanged' })
    expect(Date.parse(outcomes[0]?.openedAt ?? '')).toBeGreaterThanOrEqual(asked)
    expect(rest).not.toHaveProperty('again')
  })

  it('gets the same follow-up plan again and again, and the open one is not delayed', async () => {
    await archiveDataset(archive, usageDetails, signal)
    const before = state()
    clock += 10 * MINUTE
    const planId = await refresh()
    clock += 10 * MINUTE
    expect(await refresh()).toBe(planId)
    expect(await planProgress(archive, series, planId)).toMatchObject({
      status: 'running',
      parts: null,
      openedAt: '2017-04-01T03:10:00.000Z',
    })
    const now = state()
    expect(now.status === 'open' && now.plan.freshAfter).toBe(
      before.status === 'open' && before.plan.freshAfter,
    )
  })
})

describe('a follow-up plan', () => {
  let planId: string

  /** The previous plan is closed by a worker that dies before it can open the next one. */
  beforeEach(async () => {
    await archiveDataset(archive, usageDetails, signal)
    clock += 10 * MINUTE
    planId = await refresh()
    const dies = async (): Promise<never> => {
      throw new ArchiveError('SOURCE_UNAVAILABLE', 'simulated')
    }
    const dying = withSource(archive, { listPeriods: dies })
    await work(100, dying)
  })

  it('is not lost with the worker that closed the previous one', async () => {
    expect(state()).toMatchObject({ status: 'closed', again: { planId } })
    expect(await planProgress(archive, series, planId)).toMatchObject({ status: 'running' })
  })

  it.each([
    ['sweep', () => sweep(archive)],
    ['timer', () => archiveDataset(archive, usageDetails, signal)],
    ['refresh', () => refresh()],
  ])('is opened by the next %s', async (_who, open) => {
    await open()
    expect(state()).toMatchObject({ status: 'open', plan: { id: planId } })
    await work()
    expect(await planProgress(archive, series, planId)).toMatchObject({ status: 'unchanged' })
    expect(state()).not.toHaveProperty('again')
  })

  it('is dropped if the source no longer lists the period', async () => {
    const none = withSource(archive, { listPeriods: async () => [] })
    await sweep(none)
    expect(state()).toMatchObject({ status: 'closed' })
    expect(state()).not.toHaveProperty('again')
  })
})
