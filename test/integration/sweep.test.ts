/** The sweep drives what has stopped, and closes what can't be done, with the reason. Nothing is lost. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { datasetNamed } from '../../shared/datasets/catalogue.ts'
import { planName } from '../../shared/format/layout.ts'
import type { Series } from '../../shared/format/series.ts'
import { parseState, type SeriesState } from '../../shared/format/series-state.ts'
import type { Archive } from '../../shared/usecases/archive.ts'
import { archivePart } from '../../shared/usecases/fetch/archive-part.ts'
import { recordExhausted } from '../../shared/usecases/fetch/part-outcome.ts'
import { archiveDataset } from '../../shared/usecases/plan/archive-dataset.ts'
import { sweep } from '../../shared/usecases/plan/sweep.ts'
import { parseMessage } from '../../shared/usecases/state/part-message.ts'
import {
  drain,
  type Stack,
  startStack,
  type TestArchive,
  withDay,
} from '../../testing/stack/archive-stack.ts'
import { mortal } from '../../testing/stack/mortal.ts'
import { openArchive, type StoredArchive } from '../../testing/stack/read-archive.ts'

const DAY = '2017-04-02'
const series: Series = {
  source: 'ea-reporting',
  dataset: 'usagedetails',
  enrollment: '100',
  billingPeriod: '201704',
}
const usage = datasetNamed('usagedetails')
const signal = AbortSignal.timeout(120_000)

let stack: Stack
let test: TestArchive
let stored: StoredArchive
let archive: Archive

beforeAll(async () => {
  stack = await startStack()
})
afterAll(() => stack.close())
beforeEach(async () => {
  test = await stack.fresh({ simulator: { day: DAY, months: 1, rowsPerDay: 5 } })
  stored = openArchive(test.blobUrl, stack.services.credential)
  archive = withDay(test.deps, DAY).archive
})
afterEach(() => test.close())

async function state(): Promise<SeriesState> {
  const { bytes } = await archive.state.read(planName(series))
  return parseState(bytes ?? Buffer.from(''), 'plan.json')
}

/** The archive with a policy outside the range of the settings. */
function withPolicy(policy: Partial<Archive['policy']>): Archive {
  return { ...archive, policy: { ...archive.policy, ...policy } }
}

async function messages(): Promise<unknown[]> {
  const { peekedMessageItems } = await test.queue.peekMessages({ numberOfMessages: 32 })
  return peekedMessageItems.map(
    (item) => JSON.parse(Buffer.from(item.messageText, 'base64').toString()) as unknown,
  )
}

describe('the sweep', () => {
  it('finishes a plan that was committed and abandoned', async () => {
    await archiveDataset(archive, usage, signal)
    // Dies at the first write after the commit: the manifest.
    const victim = mortal(test.deps, null)
    const dying = {
      ...victim.deps.archive,
      snapshots: {
        ...victim.deps.archive.snapshots,
        create: (name: string, ...rest: [Uint8Array, { contentType: string; sha256: string }]) => {
          if (name.includes('/snapshots/')) {
            victim.kill()
            return new Promise<never>(() => {})
          }
          return test.deps.archive.snapshots.create(name, ...rest)
        },
      },
    }
    await Promise.race([
      drain(
        { ...victim.deps, archive: withDay({ ...test.deps, archive: dying }, DAY).archive },
        test.queue,
        signal,
        1,
      ),
      victim.died,
    ])
    expect((await state()).status).toBe('sealing')
    expect(await stored.manifests()).toEqual(new Map())
    await sweep(archive)
    expect((await state()).status).toBe('closed')
    expect([...(await stored.newest()).keys()]).toEqual(['usagedetails/201704'])
  })

  it('queues a part again only when its message can no longer exist', async () => {
    await archiveDataset(archive, usage, signal)
    await test.queue.clearMessages() // lost
    await sweep(archive)
    expect(await messages()).toEqual([])
    await new Promise((resolve) => setTimeout(resolve, 2_100)) // storage's clock has whole seconds
    // Its messages live longer than that, so that they can be processed.
    const queue: Archive['queue'] = { send: (text) => archive.queue.send(text, 60) }
    await sweep({ ...withPolicy({ requeueAfterMs: 1_000 }), queue })
    expect(await messages()).toHaveLength(2)
    await drain(withDay(test.deps, DAY), test.queue, signal)
    expect((await state()).status).toBe('closed')
  })

  it('closes a plan past its deadline as failed, and the next plan continues from its receipts', async () => {
    await archiveDataset(withPolicy({ planMs: 0 }), usage, signal)
    const { receivedMessageItems } = await test.queue.receiveMessages()
    const body: unknown = JSON.parse(
      Buffer.from(receivedMessageItems[0]?.messageText ?? '', 'base64').toString(),
    )
    const message = parseMessage(body)
    await archivePart(archive, message, signal)
    await test.queue.clearMessages()
    await new Promise((resolve) => setTimeout(resolve, 1_100)) // storage's clock counts seconds
    await sweep(archive)

    const failed = await state()
    expect(failed).toMatchObject({
      status: 'closed',
      outcomes: [{ status: 'failed', number: null }],
    })
    expect(failed.outcomes[0]?.failed.map((entry) => entry.code)).toEqual(['NOT_DONE'])
    expect(failed.status === 'closed' && Object.keys(failed.receipts)).toEqual([message.part])

    const requests = test.simulator.requests.length
    await archiveDataset(archive, usage, signal)
    await drain(withDay(test.deps, DAY), test.queue, signal)
    expect((await state()).outcomes[0]).toMatchObject({ status: 'sealed', number: 1 })
    const asked = test.simulator.requests
      .slice(requests)
      .filter((path) => path.includes(message.part))
    expect(asked).toHaveLength(1)
    expect(test.lines.filter((line) => line.includes('"part.unchanged"'))).toHaveLength(1)
  })

  it('updates a view that is behind its series', async () => {
    await archiveDataset(archive, usage, signal)
    const blind: Archive = {
      ...archive,
      view: { ...archive.view, commit: async () => true, head: archive.view.head },
    }
    await drain({ ...test.deps, archive: blind }, test.queue, signal)
    expect(await stored.names('billing-current')).toEqual([])
    await sweep(archive)
    expect(await stored.names('billing-current')).toEqual([
      'csv/snapshots/usagedetails/enrollment=100/period=201704/data.csv',
      'csv/summary/usagedetails/enrollment=100/period=201704/data.csv',
      'csv/usagedetails/enrollment=100/period=201704/data.csv',
    ])
  })
})

describe('a join', () => {
  it('of a plan that wants other days changes it to them', async () => {
    await archiveDataset(archive, usage, signal)
    const before = await state()
    test.simulator.setDay('2017-04-03')
    await archiveDataset(withDay(test.deps, '2017-04-03').archive, usage, signal)
    const after = await state()
    expect(after.status === 'open' && after.plan.parts).toEqual([
      '2017-04-01',
      '2017-04-02',
      '2017-04-03',
    ])
    expect(
      after.status === 'open' && before.status === 'open' && after.plan.id === before.plan.id,
    ).toBe(true)
    await drain(withDay(test.deps, '2017-04-03'), test.queue, signal)
    expect((await stored.newest()).get('usagedetails/201704')?.parts).toHaveLength(3)
  })

  it('of a plan with unsent messages sends them', async () => {
    const victim = mortal(test.deps, { moment: 'before', write: 2 }) // the plan is written, no message is
    const work = archiveDataset(withDay(victim.deps, DAY).archive, usage, signal)
    await Promise.race([work, victim.died])
    expect(await messages()).toEqual([])
    await archiveDataset(archive, usage, signal)
    expect(await messages()).toHaveLength(2)
  })
})

describe('a lost state', () => {
  it('is rebuilt from the snapshots: numbers continue, and nothing is written twice', async () => {
    await test.run(DAY)
    const names = await stored.names('billing-snapshots')
    const { BlobServiceClient } = await import('@azure/storage-blob')
    const service = new BlobServiceClient(test.blobUrl, stack.services.credential)
    const container = service.getContainerClient('billing-state')
    for (const name of await stored.names('billing-state')) await container.deleteBlob(name)

    await test.run(DAY)
    expect(await stored.names('billing-snapshots')).toEqual(names)
    test.simulator.setDay('2017-04-03')
    await test.run()
    expect((await stored.newest()).get('usagedetails/201704')?.number).toBe(2)
  })
})

describe('a message whose deliveries are used up', () => {
  it('has its reason recorded, unless there is a receipt', async () => {
    await archiveDataset(archive, usage, signal)
    const [first, second] = (await messages()).map(parseMessage)
    if (first === undefined || second === undefined) throw new Error('two messages were expected')
    await archivePart(archive, first, signal)
    for (const message of [first, second]) await recordExhausted(archive, message)
    const failed = test.lines
      .map((line) => JSON.parse(line) as { event: string; part?: string; code?: string })
      .filter((line) => line.event === 'part.failed')
    expect(failed).toEqual([
      expect.objectContaining({ part: second.part, code: 'ATTEMPTS_EXHAUSTED' }),
    ])
  })
})
