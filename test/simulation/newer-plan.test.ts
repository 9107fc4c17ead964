/** A plan of a newer program, found by one that does not know its columns. */
import { beforeEach, describe, expect, it } from 'vitest'
import { catalogueOf, datasets } from '../../shared/datasets/catalogue.ts'
import type { Dataset } from '../../shared/datasets/dataset.ts'
import { usageDetails } from '../../shared/datasets/usage-details.ts'
import { partStateName, planName } from '../../shared/format/layout.ts'
import type { Series } from '../../shared/format/series.ts'
import {
  type PartState,
  parsePartState,
  parseState,
  type SeriesState,
} from '../../shared/format/series-state.ts'
import type { Archive } from '../../shared/usecases/archive.ts'
import { archivePart } from '../../shared/usecases/fetch/archive-part.ts'
import { recordExhausted } from '../../shared/usecases/fetch/part-outcome.ts'
import { openOrJoin } from '../../shared/usecases/plan/open-or-join.ts'
import { sweep } from '../../shared/usecases/plan/sweep.ts'
import { type PartMessage, parseMessage } from '../../shared/usecases/state/part-message.ts'
import { quietArchive } from '../../testing/simulation/memory-archive.ts'
import type { MemoryStorage } from '../../testing/simulation/memory-storage.ts'

const HOUR = 3_600_000
const DAYS = ['2017-04-01', '2017-04-02']
const due = { billingPeriod: '201704', parts: DAYS, settled: false }
const signal = new AbortController().signal
const series: Series = {
  source: 'ea-reporting',
  dataset: 'usagedetails',
  enrollment: '100',
  billingPeriod: '201704',
}
const later: Dataset = {
  ...usageDetails,
  rowsVersion: 2,
  columns: [...usageDetails.columns, { name: 'benefitId', since: 2 }],
}

let clock: number
let storage: MemoryStorage
let older: Archive
let newer: Archive
let messages: PartMessage[]

beforeEach(async () => {
  clock = Date.parse('2017-04-02T03:00:00Z')
  const { archive, ...rest } = quietArchive(() => clock, '2017-04-02', [], '[{"cost":1}]')
  storage = rest.storage
  older = archive
  const known = datasets.map((each) => (each.name === later.name ? later : each))
  newer = { ...archive, catalogue: catalogueOf(known) }
  await openOrJoin(newer, later, series, due)
  messages = taken()
})

function taken(): PartMessage[] {
  const all = storage.stored.messages.splice(0)
  return all.map(({ body }) => parseMessage(JSON.parse(body)))
}

function state(): SeriesState {
  const bytes = storage.stored.state.get(planName(series))?.bytes
  return parseState(bytes ?? Buffer.alloc(0), 'plan.json')
}

function partState({ planId, part }: PartMessage): PartState {
  const name = partStateName(series, planId, part)
  return parsePartState(storage.stored.state.get(name)?.bytes ?? Buffer.alloc(0), name)
}

const first = (): PartMessage => messages[0] as PartMessage

describe('an older program', () => {
  it('leaves the message to a newer one, with a named error and without recording a failure', async () => {
    await expect(archivePart(older, first(), signal)).rejects.toMatchObject({
      code: 'CATALOGUE_TOO_OLD',
    })
    expect(partState(first())).toMatchObject({ receipt: null, failure: null })
    for (const message of messages) await archivePart(newer, message, signal)
    expect(state()).toMatchObject({ status: 'closed', outcomes: [{ status: 'sealed', number: 1 }] })
  })

  it('does not join or drive the plan, or queue its parts again', async () => {
    const before = storage.stored.state.get(planName(series))?.etag
    await openOrJoin(older, usageDetails, series, { ...due, parts: ['2017-04-01'] })
    clock += 5 * HOUR
    await sweep(older)
    expect(storage.stored.state.get(planName(series))?.etag).toBe(before)
    expect(taken()).toEqual([])
  })

  it('closes it past its deadline, and continues in its own version', async () => {
    for (const message of messages.slice(0, 1)) await archivePart(newer, message, signal)
    clock += 30 * HOUR
    await openOrJoin(older, usageDetails, series, due)
    expect(state()).toMatchObject({
      status: 'open',
      plan: { rowsVersion: 1 },
      outcomes: [{ status: 'failed', failed: [{ code: 'CATALOGUE_TOO_OLD' }, {}] }],
    })
    for (const message of taken()) await archivePart(older, message, signal)
    expect(state()).toMatchObject({ status: 'closed', outcomes: [{ status: 'sealed' }, {}] })
  })

  it('finishes a committed plan, which needs no catalogue', async () => {
    const dying: Archive = {
      ...newer,
      snapshots: {
        ...newer.snapshots,
        create: (name, bytes, options) => {
          if (name.includes('/snapshots/')) throw new Error('simulated: it dies here')
          return newer.snapshots.create(name, bytes, options)
        },
      },
    }
    for (const message of messages) await archivePart(dying, message, signal).catch(() => {})
    expect(state().status).toBe('sealing')
    await sweep(older)
    expect(state()).toMatchObject({ status: 'closed', outcomes: [{ status: 'sealed', number: 1 }] })
    const view = [...storage.stored.view.values()][0]?.bytes.toString() ?? ''
    expect(view.split('\r\n')[0]?.endsWith(',otherFields,benefitId')).toBe(true)
  })
})

describe('deliveries used up by older programs', () => {
  beforeEach(async () => {
    await archivePart(older, first(), signal).catch(() => {})
  })

  it('are not a failure, and the newer program queues the message again', async () => {
    await recordExhausted(newer, first())
    expect(partState(first())).toMatchObject({ failure: null, receipt: null })
    expect(taken()).toEqual([first()])
  })

  it('are left to the newer program, whose sweep notices the missing message', async () => {
    await recordExhausted(older, first())
    expect(partState(first())).toMatchObject({ failure: null })
    expect(taken()).toEqual([])
    clock += 3 * HOUR
    await sweep(newer)
    expect(taken()).toContainEqual(first())
  })
})
