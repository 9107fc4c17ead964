/** Two versions of the program on one archive: the older one keeps what it does not know. */
import { createHash } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
import { usageDetails } from '../../shared/datasets/usage-details.ts'
import { canonicalJson } from '../../shared/format/canonical-json.ts'
import { manifestName, partStateName, planName } from '../../shared/format/layout.ts'
import type { Series } from '../../shared/format/series.ts'
import type { Archive } from '../../shared/usecases/archive.ts'
import { archivePart } from '../../shared/usecases/fetch/archive-part.ts'
import { openOrJoin } from '../../shared/usecases/plan/open-or-join.ts'
import { readSnapshot } from '../../shared/usecases/read/read-snapshots.ts'
import { writeLedger } from '../../shared/usecases/seal/write-ledger.ts'
import { parseMessage } from '../../shared/usecases/state/part-message.ts'
import { verifyArchive } from '../../shared/usecases/verify/verify-archive.ts'
import { verifyDaily } from '../../shared/usecases/verify/verify-daily.ts'
import { turnDay } from '../../shared/usecases/verify/verify-turn.ts'
import { rebuildView } from '../../shared/usecases/view/refresh-view.ts'
import { quietArchive } from '../../testing/simulation/memory-archive.ts'
import type { MemoryContainer, MemoryStorage } from '../../testing/simulation/memory-storage.ts'

const series: Series = {
  source: 'ea-reporting',
  dataset: 'usagedetails',
  enrollment: '100',
  billingPeriod: '201704',
}
const due = { billingPeriod: '201704', parts: ['2017-04-01'], settled: false }
const later = { of: 'a later program' }
const signal = new AbortController().signal

let storage: MemoryStorage
let archive: Archive
let clock: number

type Json = Record<string, unknown>

beforeEach(() => {
  clock = Date.parse('2017-04-02T03:00:00Z')
  ;({ storage, archive } = quietArchive(() => clock, '2017-04-02', [], '[{"cost":1.5}]'))
})

const json = (blobs: MemoryContainer, name: string): Json =>
  JSON.parse(blobs.get(name)?.bytes.toString() ?? '{}') as Json

/** Changes a stored document like a later program. */
function change(blobs: MemoryContainer, name: string, by: (value: Json) => Json): void {
  const blob = blobs.get(name)
  if (blob === undefined) throw new Error(`${name} is not there`)
  const bytes = canonicalJson(by(json(blobs, name)))
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  blobs.set(name, { ...blob, bytes, metadata: { ...blob.metadata, sha256 } })
}

async function work(): Promise<void> {
  const { messages } = storage.stored
  for (let next = messages.shift(); next !== undefined; next = messages.shift()) {
    await archivePart(archive, parseMessage(JSON.parse(next.body)), signal)
  }
}

async function seal(): Promise<void> {
  await openOrJoin(archive, usageDetails, series, due)
  await work()
}

/** A committed file, with the digest of its bytes. */
function put(name: string, text: string): void {
  const bytes = Buffer.from(text)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const blob = { bytes, etag: `"${name}"`, metadata: { sha256 }, createdAt: new Date(clock) }
  storage.stored.snapshots.set(name, blob)
}

const verified = () => verifyArchive(archive, { isDeep: true, anchor: null })

describe('a field that a later program wrote', () => {
  it('stays in the state from status to status', async () => {
    await openOrJoin(archive, usageDetails, series, due)
    change(storage.stored.state, planName(series), (state) => ({ ...state, later }))
    await work()
    expect(json(storage.stored.state, planName(series))).toMatchObject({ status: 'closed', later })
    clock += 3_600_000 * 24
    await openOrJoin(archive, usageDetails, series, due)
    expect(json(storage.stored.state, planName(series))).toMatchObject({ status: 'open', later })
  })

  it('stays in a plan, a receipt and an outcome', async () => {
    await seal()
    change(storage.stored.state, planName(series), (state) => {
      const [outcome] = state['outcomes'] as Json[]
      const receipts = Object.entries(state['receipts'] as Record<string, Json>)
      return {
        ...state,
        outcomes: [{ ...outcome, later }],
        receipts: Object.fromEntries(receipts.map(([part, one]) => [part, { ...one, later }])),
      }
    })
    await openOrJoin(archive, usageDetails, series, due)
    const open = json(storage.stored.state, planName(series))
    expect(open).toMatchObject({ outcomes: [{ later }], base: { '2017-04-01': { later } } })
  })

  it('stays in the outcome of a part', async () => {
    await openOrJoin(archive, usageDetails, series, due)
    const { plan } = json(storage.stored.state, planName(series)) as { plan: { id: string } }
    const name = partStateName(series, plan.id, '2017-04-01')
    const empty = { format: 'billing-archive-state/1', receipt: null, failure: null, sentAt: null }
    await archive.state.write(name, canonicalJson({ ...empty, later }), null)
    await work()
    expect(json(storage.stored.state, name)).toMatchObject({ receipt: { isNew: true }, later })
  })

  it('stays in the result of a verification', async () => {
    await seal()
    const day = String(turnDay(series)).padStart(2, '0')
    const onItsDay = { ...archive, businessDay: () => `2017-04-${day}` }
    await verifyDaily(onItsDay, signal)
    const name = [...storage.stored.state.keys()].find((each) => each.startsWith('verification/'))
    change(storage.stored.state, name ?? '', (result) => ({ ...result, later }))
    await verifyDaily(onItsDay, signal)
    expect(json(storage.stored.state, name ?? '')).toMatchObject({ faults: [], later })
  })

  it('is not a fault, wherever it occurs in a manifest', async () => {
    await seal()
    change(storage.stored.snapshots, manifestName(series, 1), (manifest) => ({
      ...manifest,
      later,
      writer: { ...(manifest['writer'] as Json), later },
      parts: (manifest['parts'] as Json[]).map((part) => ({ ...part, later })),
    }))
    const snapshot = await readSnapshot(archive.snapshots, series, 1)
    if (snapshot !== null) await rebuildView(archive, snapshot)
    expect((await verified()).faults).toEqual([])
  })

  it('does not excuse a manifest that is not canonical JSON', async () => {
    await seal()
    const name = manifestName(series, 1)
    const spaced = JSON.stringify(json(storage.stored.snapshots, name), null, 1)
    put(name, spaced)
    expect((await verified()).faults.map(({ code }) => code)).toContain('MANIFEST_INCONSISTENT')
  })
})

describe('columns of a later catalogue', () => {
  it('are not a fault for a program that does not know them', async () => {
    await seal()
    const name = manifestName(series, 1)
    change(storage.stored.snapshots, name, (manifest) => ({
      ...manifest,
      rowsVersion: 2,
      columns: [...(manifest['columns'] as string[]), 'benefitId'],
      parts: (manifest['parts'] as (Json & { files: Json[] })[]).map((part) => ({
        ...part,
        files: part.files.map((file) => ({ ...file, rowsVersion: 2 })),
      })),
    }))
    const faults = (await verified()).faults.filter(({ code }) => code !== 'VIEW_DIFFERS')
    expect(faults).toEqual([])
  })
})

describe('a dataset or a source of a later program', () => {
  const unknown = 'ea-reporting/reservations/enrollment=100/period=201704/'
  const other = 'cost-management/actualcost/enrollment=100/period=201704/'

  beforeEach(async () => {
    await seal()
    put(`${unknown}snapshots/000001.json`, '{"format":"billing-archive/2"}')
    put(`${unknown}parts/all/0123456789abcdef.csv`, 'x\r\n')
    put(`${other}snapshots/000001.json`, '{}')
  })

  it('is unknown to verify, but not a foreign file', async () => {
    expect(await verified()).toMatchObject({ faults: [], unknown: 3, series: 1 })
  })

  it('is checked as far as the format alone allows', async () => {
    put(`${unknown}notes.txt`, 'not ours')
    const altered = storage.stored.snapshots.get(`${other}snapshots/000001.json`)
    if (altered !== undefined) {
      const bytes = Buffer.from('{"altered":1}')
      storage.stored.snapshots.set(`${other}snapshots/000001.json`, { ...altered, bytes })
    }
    const { faults } = await verified()
    expect(faults.map(({ code, blob }) => `${code} ${blob}`).sort()).toEqual([
      `FILE_ALTERED ${other}snapshots/000001.json`,
      `FOREIGN_FILE ${unknown}notes.txt`,
    ])
  })

  it('is recorded by the ledger', async () => {
    const { ledger } = await writeLedger(archive)
    expect(ledger.entries.map((entry) => entry.series)).toEqual([
      other,
      unknown,
      'ea-reporting/usagedetails/enrollment=100/period=201704/',
    ])
  })
})
