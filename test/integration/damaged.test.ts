/** A damaged file: reported until it is repaired, not served, and repaired by an intact file beside it. */
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Series, seriesLabel } from '../../shared/format/series.ts'
import { newestSnapshot } from '../../shared/usecases/read/read-snapshots.ts'
import type { FindCopies } from '../../shared/usecases/repair/copies.ts'
import { repairArchive } from '../../shared/usecases/repair/repair-archive.ts'
import { archiveStatus } from '../../shared/usecases/status/archive-status.ts'
import { keepResult } from '../../shared/usecases/verify/kept-result.ts'
import { type Verification, verifyArchive } from '../../shared/usecases/verify/verify-archive.ts'
import { type Stack, startStack, type TestArchive } from '../../testing/stack/archive-stack.ts'

/** Each test has its own month. */
const MONTHS = ['201612', '201701', '201702', '201703', '201611']
let USAGE = {
  source: 'ea-reporting',
  dataset: 'usagedetails',
  enrollment: '100',
  billingPeriod: '',
}

let stack: Stack
let test: TestArchive
let snapshots: ContainerClient

beforeAll(async () => {
  stack = await startStack()
  const simulator = { day: '2017-04-02', months: 6, rowsPerDay: 4 }
  test = await stack.fresh({ simulator, settings: { SETTLEMENT_DAYS: '1' } })
  await test.run('2017-04-02', ['billingperiods', 'usagedetails'])
  const service = new BlobServiceClient(test.blobUrl, stack.services.credential)
  snapshots = service.getContainerClient('billing-snapshots')
}, 120_000)
beforeEach(() => {
  USAGE = { ...USAGE, billingPeriod: MONTHS.shift() ?? '' }
})
afterAll(async () => {
  await test.close()
  await stack.close()
})

async function fileOf(format: 'json' | 'csv' | 'index'): Promise<string> {
  const newest = await newestSnapshot(test.deps.archive.snapshots, USAGE)
  const file = newest?.manifest.parts[0]?.files.find((each) => each.format === format)
  return file?.path ?? ''
}

/** Flips a bit in the middle of a file. */
async function flip(name: string): Promise<Buffer> {
  const blob = snapshots.getBlockBlobClient(name)
  const { metadata = {} } = await blob.getProperties()
  const bytes = await blob.downloadToBuffer()
  const other = Buffer.from(bytes)
  other[other.length >> 1] = (other[other.length >> 1] as number) ^ 1
  await blob.upload(other, other.length, { metadata })
  return bytes
}

function verify(isDeep = false): Promise<Verification> {
  const { archive } = test.deps
  return verifyArchive(archive, {
    isDeep,
    isWanted: (series) => seriesLabel(series) === seriesLabel(USAGE),
    anchor: null,
    onSeries: (check) => keepResult(archive, check, isDeep),
  })
}

async function read(name: string): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of test.host().archive.snapshots.stream(name)) chunks.push(chunk)
  return Buffer.concat(chunks)
}

async function statusOf(): Promise<string | undefined> {
  const { archive, keyRing } = test.host()
  const { series } = await archiveStatus({ ...archive, keyRing }, ['100'])
  const found = series.find(
    ({ dataset, billingPeriod }) =>
      dataset === USAGE.dataset && billingPeriod === USAGE.billingPeriod,
  )
  return found?.status
}

function repair(copies: readonly FindCopies[] = []) {
  const isWanted = (series: Series): boolean => seriesLabel(series) === seriesLabel(USAGE)
  return repairArchive(test.deps.archive, { isWanted, copies, onSeries: () => {} })
}

describe('a damaged CSV', () => {
  it('is reported by the status and not served until it is repaired', async () => {
    const name = await fileOf('csv')
    const bytes = await flip(name)
    expect(await statusOf()).toBe('archived')
    await verify()
    expect(await statusOf()).toBe('damaged')
    await expect(read(name)).rejects.toMatchObject({ code: 'FILE_DAMAGED' })

    const { metadata = {} } = await snapshots.getBlockBlobClient(name).getProperties()
    await snapshots.getBlockBlobClient(name).upload(bytes, bytes.length, { metadata })
    await verify()
    expect(await statusOf()).toBe('archived')
    expect(await read(name)).toEqual(bytes)
  })

  it('is rebuilt from the JSON, byte for byte, beside the damaged one', async () => {
    const name = await fileOf('csv')
    const bytes = await flip(name)
    const { repaired, faults } = await repair()
    expect(faults).toEqual([])
    expect(repaired).toMatchObject([{ path: name, from: expect.stringContaining('.json.gz') }])
    expect(await read(name)).toEqual(bytes)
    expect(await snapshots.getBlockBlobClient(name).downloadToBuffer()).not.toEqual(bytes)
    const found = await verify(true)
    expect(found).toMatchObject({ faults: [], repaired: 1, leftovers: 0 })
    expect(await statusOf()).toBe('archived')
    // Repaired already: nothing more is written.
    expect((await repair()).repaired).toEqual([])
  })
})

describe('a damaged index', () => {
  it('is rebuilt from JSON and CSV, byte for byte', async () => {
    const name = await fileOf('index')
    const bytes = await flip(name)
    expect(await repair()).toMatchObject({ faults: [], repaired: [{ path: name }] })
    expect(await read(name)).toEqual(bytes)
    expect((await verify(true)).faults).toEqual([])
  })
})

describe('a damaged JSON', () => {
  it('is restored only from a copy with its digest', async () => {
    const name = await fileOf('json')
    const bytes = await flip(name)
    const copy = (from: string, what: Buffer): FindCopies =>
      async function* (wanted) {
        if (wanted === name)
          yield {
            from,
            bytes: async function* () {
              yield what
            },
          }
      }
    const wrong = await repair([copy('a stranger', Buffer.from('[]'))])
    expect(wrong.repaired).toEqual([])
    expect(wrong.faults).toMatchObject([{ code: 'FILE_ALTERED', blob: name }])
    expect(await statusOf()).toBe('damaged')

    const right = await repair([copy('a stranger', Buffer.from('[]')), copy('a copy', bytes)])
    expect(right).toMatchObject({ faults: [], repaired: [{ path: name, from: 'a copy' }] })
    expect(await read(name)).toEqual(bytes)
  })

  it('whose whole segment is gone is restored, and the other files rebuilt from it', async () => {
    const names = [await fileOf('json'), await fileOf('csv'), await fileOf('index')]
    const bytes = await snapshots.getBlockBlobClient(names[0] ?? '').downloadToBuffer()
    for (const name of names) await snapshots.getBlockBlobClient(name).delete()
    const copies: FindCopies = async function* (wanted) {
      if (wanted === names[0])
        yield {
          from: 'a copy',
          bytes: async function* () {
            yield bytes
          },
        }
    }
    const { repaired, faults } = await repair([copies])
    expect(faults).toEqual([])
    expect(repaired.map(({ path }) => path)).toEqual(names)
    expect((await verify(true)).faults).toEqual([])
  })
})
