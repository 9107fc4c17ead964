/** Verifies intact and damaged archives on storage. */
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { datasetNamed } from '../../shared/datasets/catalogue.ts'
import { archiveDataset } from '../../shared/usecases/plan/archive-dataset.ts'
import { writeLedger } from '../../shared/usecases/seal/write-ledger.ts'
import { lastVerification } from '../../shared/usecases/verify/kept-result.ts'
import { type Verification, verifyArchive } from '../../shared/usecases/verify/verify-archive.ts'
import { verifyDaily } from '../../shared/usecases/verify/verify-daily.ts'
import { turnDay } from '../../shared/usecases/verify/verify-turn.ts'
import {
  drain,
  type Stack,
  startStack,
  type TestArchive,
  withDay,
} from '../../testing/stack/archive-stack.ts'

const USAGE = {
  source: 'ea-reporting',
  dataset: 'usagedetails',
  enrollment: '100',
  billingPeriod: '201704',
}

let stack: Stack
let test: TestArchive
let snapshots: ContainerClient
let anchor: string

beforeAll(async () => {
  stack = await startStack()
  // March is settled, in a file of two blocks; April is open.
  const simulator = { day: '2017-04-02', months: 2, rowsPerDay: 40 }
  test = await stack.fresh({ simulator, settings: { SETTLEMENT_DAYS: '1' } })
  await test.run('2017-04-02')
  test.simulator.setDay('2017-04-03')
  await test.run('2017-04-03')
  anchor = (await writeLedger(test.deps.archive)).sha256
  const service = new BlobServiceClient(test.blobUrl, stack.services.credential)
  snapshots = service.getContainerClient('billing-snapshots')
}, 120_000)
afterAll(async () => {
  await test.close()
  await stack.close()
})

function verify(isDeep = false, hash: string | null = anchor): Promise<Verification> {
  return verifyArchive(test.deps.archive, { isDeep, anchor: hash })
}

const codes = ({ faults }: Verification): string[] => faults.map(({ code }) => code)

async function someFile(ending: string): Promise<string> {
  for await (const { name } of snapshots.listBlobsFlat()) {
    if (/usagedetails.*201704/.test(name) && name.endsWith(ending)) return name
  }
  throw new Error(`there is no ${ending}`)
}

/** Runs `look` while the blob has other bytes, or is missing (`null`). */
async function damaged(
  name: string,
  change: (bytes: Buffer) => Buffer | null,
  look: () => Promise<void>,
): Promise<void> {
  const blob = snapshots.getBlockBlobClient(name)
  const { metadata = {} } = await blob.getProperties()
  const bytes = await blob.downloadToBuffer()
  const other = change(Buffer.from(bytes))
  if (other === null) await blob.delete()
  else await blob.upload(other, other.length, { metadata })
  await look()
  await blob.upload(bytes, bytes.length, { metadata })
}

describe('an intact archive', () => {
  it('has no fault, field by field, and matches the hash of its ledger', async () => {
    const found = await verify(true)
    expect(found.faults).toEqual([])
    expect(found).toMatchObject({ leftovers: 0, viewsBehind: 0 })
    expect(found.snapshots).toBeGreaterThan(found.series)
    expect(found.ledgers).toMatchObject({ ledgers: 1, newest: { sha256: anchor } })
    expect(found.ledgers.anchored?.number).toBe(1)
  })

  it('has one ledger per day, however often the timer runs', async () => {
    expect((await writeLedger(test.deps.archive)).sha256).toBe(anchor)
    expect((await writeLedger(test.host().archive)).ledger.number).toBe(1)
  })
})

describe('a damaged archive', () => {
  it('with a flipped byte in a CSV is reported, with the rows safe in the JSON', async () => {
    const name = await someFile('.csv')
    const flip = (bytes: Buffer): Buffer => {
      bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] as number) ^ 1
      return bytes
    }
    await damaged(name, flip, async () => {
      const { faults } = await verify()
      expect(faults.map(({ code, blob }) => ({ code, blob }))).toContainEqual({
        code: 'FILE_ALTERED',
        blob: name,
      })
      expect(faults[0]?.safe).toContain('.json.gz is intact and has every row')
    })
  })

  it('with a missing file is reported', async () => {
    await damaged(
      await someFile('.json.gz'),
      () => null,
      async () => expect(codes(await verify())).toEqual(['FILE_MISSING']),
    )
  })

  it('without its newest snapshot is reported, by the ledger and by the state', async () => {
    await damaged(
      await someFile('/snapshots/000002.json'),
      () => null,
      async () => {
        const found = await verify()
        expect(codes(found)).toContain('SNAPSHOT_MISSING')
        expect(found.faults.some(({ message }) => message.includes('ledger 1'))).toBe(true)
      },
    )
  })

  it('with an anchor that no ledger has is reported', async () => {
    expect(codes(await verify(false, 'f'.repeat(64)))).toEqual(['ANCHOR_NOT_FOUND'])
  })
})

describe('the daily timer', () => {
  it('verifies the series whose turn it is, and stores and logs the faults', async () => {
    const day = `2017-04-${String(turnDay(USAGE)).padStart(2, '0')}`
    const name = await someFile('.csv')
    const { archive } = withDay(test.deps, day)
    await damaged(
      name,
      () => null,
      async () => {
        await verifyDaily(archive, AbortSignal.timeout(60_000))
      },
    )
    const last = await lastVerification(archive, USAGE)
    expect(last?.faults).toMatchObject([{ code: 'FILE_MISSING', blob: name }])
    expect(test.lines.some((line) => line.includes('"verify.fault"') && line.includes(name))).toBe(
      true,
    )
    await verifyDaily(archive, AbortSignal.timeout(60_000))
    expect((await lastVerification(archive, USAGE))?.faults).toEqual([])
  })

  it('covers every series in a month', () => {
    const months = Array.from({ length: 500 }, (_, i) => ({
      ...USAGE,
      billingPeriod: `${2010 + Math.floor(i / 12)}${String((i % 12) + 1).padStart(2, '0')}`,
    }))
    const slices = new Set(months.map(turnDay))
    expect([...slices].every((slice) => slice >= 1 && slice <= 28)).toBe(true)
    expect(slices.size).toBe(28)
  })
})

describe('a plan that goes on beside damaged or foreign files', () => {
  it('is not stopped by a foreign file among the snapshots', async () => {
    const folder = (await someFile('/snapshots/000001.json')).replace(/[^/]+$/, '')
    const foreign = snapshots.getBlockBlobClient(`${folder}latest.json`)
    await foreign.upload('{}', 2)
    const today = withDay(test.deps, '2017-04-03')
    const signal = AbortSignal.timeout(60_000)
    await archiveDataset(today.archive, datasetNamed('usagedetails'), signal)
    await drain(today, test.queue, signal)
    expect(codes(await verify())).toEqual(['FOREIGN_FILE'])
    await foreign.delete()
  })
})

describe('verifying an archive that is being written', () => {
  it('raises no alarm', async () => {
    const faults: string[] = []
    let isOver = false
    const watch = async (): Promise<number> => {
      let times = 0
      for (; !isOver; times++) {
        const found = await verifyArchive(test.host().archive, { isDeep: false, anchor })
        faults.push(...found.faults.map(({ code, blob, message }) => `${code} ${blob} ${message}`))
      }
      return times
    }
    const watching = watch()
    for (const day of ['2017-04-04', '2017-04-05', '2017-04-06']) {
      test.simulator.setDay(day)
      await test.run(day, ['billingperiods', 'usagedetails'])
    }
    isOver = true
    expect(await watching).toBeGreaterThan(0)
    expect(faults).toEqual([])
  })
})
