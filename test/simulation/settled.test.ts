/** Once a snapshot of a series is settled, no plan goes back to days, however late its timer is. */
import { beforeEach, describe, expect, it } from 'vitest'
import { usageDetails } from '../../shared/datasets/usage-details.ts'
import { planName } from '../../shared/format/layout.ts'
import type { Series } from '../../shared/format/series.ts'
import { parseState, type SeriesState } from '../../shared/format/series-state.ts'
import type { Archive } from '../../shared/usecases/archive.ts'
import { archivePart } from '../../shared/usecases/fetch/archive-part.ts'
import { openOrJoin } from '../../shared/usecases/plan/open-or-join.ts'
import { parseMessage } from '../../shared/usecases/state/part-message.ts'
import { quietArchive } from '../../testing/simulation/memory-archive.ts'
import type { MemoryStorage } from '../../testing/simulation/memory-storage.ts'

const series: Series = {
  source: 'ea-reporting',
  dataset: 'usagedetails',
  enrollment: '100',
  billingPeriod: '201704',
}
const whole = { billingPeriod: '201704', parts: ['all'], settled: true }
/** The decision of a timer before the period was settled. */
const stale = { billingPeriod: '201704', parts: ['2017-04-01', '2017-04-02'], settled: false }

let storage: MemoryStorage
let archive: Archive

beforeEach(() => {
  const clock = Date.parse('2017-05-20T03:00:00Z')
  ;({ storage, archive } = quietArchive(() => clock, '2017-05-20', [], '[{"cost":1}]'))
})

function state(): SeriesState {
  const bytes = storage.stored.state.get(planName(series))?.bytes
  return parseState(bytes ?? Buffer.alloc(0), 'plan.json')
}

async function sealWhole(): Promise<void> {
  await openOrJoin(archive, usageDetails, series, whole)
  const message = storage.stored.messages.shift()
  await archivePart(archive, parseMessage(JSON.parse(message?.body ?? '')), AbortSignal.any([]))
}

describe('a timer that decided on days before the period was settled', () => {
  it('opens no plan if the settled snapshot exists', async () => {
    await sealWhole()
    await openOrJoin(archive, usageDetails, series, stale)
    expect(state()).toMatchObject({ status: 'closed', outcomes: [{ settled: true, number: 1 }] })
    expect(storage.stored.messages).toEqual([])
  })

  it('opens none even if the state is lost', async () => {
    await sealWhole()
    storage.stored.state.clear()
    await openOrJoin(archive, usageDetails, series, stale)
    expect(storage.stored.state.size).toBe(0)
  })

  it('does not change a plan for the whole period back to days', async () => {
    await openOrJoin(archive, usageDetails, series, whole)
    await openOrJoin(archive, usageDetails, series, stale)
    const open = state()
    expect(open.status === 'open' && open.plan).toMatchObject({ parts: ['all'], settled: true })
  })
})
