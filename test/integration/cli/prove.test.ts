/** Commands that verify, repair and export, as users and scripts see them. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CommandBench, startCommandBench } from '../../../testing/command/command-bench.ts'
import { sameness } from '../../../testing/stack/read-archive.ts'

const DAY = '2017-04-03'
const USAGE = ['usagedetails', '100', '201704'] as const

let bench: CommandBench
let service: BlobServiceClient

beforeAll(async () => {
  const simulator = { day: DAY, months: 2, rowsPerDay: 5 }
  const settings = { SETTLEMENT_DAYS: '1' }
  bench = await startCommandBench({ simulator, settings }, { BUSINESS_DAY: DAY })
  await bench.test.run(DAY)
  service = new BlobServiceClient(bench.test.blobUrl, bench.stack.services.credential)
})
afterAll(() => bench.close())

async function names(container: ContainerClient): Promise<string[]> {
  const found: string[] = []
  for await (const { name } of container.listBlobsFlat()) found.push(name)
  return found
}

/** Replaces the first blob with this suffix; returns a function that restores it. */
async function damage(
  container: ContainerClient,
  ending: string,
  within = '',
): Promise<() => Promise<void>> {
  const isIt = (name: string): boolean => name.endsWith(ending) && name.includes(within)
  const name = (await names(container)).find(isIt) ?? ''
  const blob = container.getBlockBlobClient(name)
  const { metadata = {} } = await blob.getProperties()
  const bytes = await blob.downloadToBuffer()
  const other = Buffer.from(bytes)
  other[other.length - 3] = (other[other.length - 3] as number) ^ 1
  await blob.upload(other, other.length, { metadata })
  return async () => {
    await blob.upload(bytes, bytes.length, { metadata })
  }
}

// This comes first: the damaged file is rewritten later, and verify compares its time with the snapshots'.
describe('a damaged archive', () => {
  it('reports what is damaged and what can be trusted', async () => {
    // A repaired file has a second one, so no other test uses this dataset.
    await damage(service.getContainerClient('billing-snapshots'), '.csv', '/pricesheet/')
    const { code, stdout } = await bench.archive('verify')
    expect(code).toBe(1)
    expect(stdout).toMatch(/FILE_ALTERED .*\.csv/)
    expect(stdout).toContain('"repair" rebuilds the CSV from it')
    expect(stdout).toContain('What can be trusted:')
    expect(stdout).toContain('FAULTY: 1 fault;')

    // The damage stays known until it is repaired.
    const status = await bench.archive('status')
    expect(status.code).toBe(1)
    expect(status.stdout).toMatch(/damaged .*1 FAULT/)
    expect((await bench.archive('rebuild-view')).stdout).toContain('1 FAILED')
    const repaired = await bench.archive('repair')
    expect(repaired).toMatchObject({ code: 0 })
    expect(repaired.stdout).toContain('1 file repaired, 0 faults left')
    expect((await bench.archive('verify')).stdout).toContain(
      '1 damaged file is read from repaired copies',
    )
    expect((await bench.archive('rebuild-view')).code).toBe(0)
    expect((await bench.archive('status')).code).toBe(0)
  })

  it('rebuilds a damaged view', async () => {
    await damage(service.getContainerClient('billing-current'), 'data.csv')
    expect((await bench.archive('verify')).stdout).toContain('VIEW_DIFFERS')
    expect((await bench.archive('rebuild-view')).code).toBe(0)
    expect((await bench.archive('verify')).code).toBe(0)
  })
})

describe('archive verify', () => {
  it('proves an intact archive with the hash of a ledger', async () => {
    const { sha256 } = await bench.json<{ sha256: string }>('ledger')
    const { code, stdout } = await bench.archive('verify', '--deep', '--anchor', sha256)
    expect(stdout).toContain('nothing that it records was removed or replaced')
    expect(stdout).toContain('OK: everything that was read is intact')
    expect(code).toBe(0)
  })

  it('fails if there is nothing to verify', async () => {
    const { code, stdout, stderr } = await bench.archive('verify', '--period', '209901')
    expect(stderr).toContain('nothing was verified: ')
    expect(stderr).toContain('no series of 209901')
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    const empty = await bench.stack.fresh()
    const file = await bench.settingsFile('empty.json', { Values: empty.settings })
    for (const command of ['verify', 'ledger']) {
      const found = await bench.archive('--settings', file, command)
      expect(found.code, command).toBe(2)
      expect(found.stderr, command).toContain('no series')
    }
    await empty.close()
  })
})

describe('archive rebuild', () => {
  it('rebuilds the state from the snapshots alone, and the next run continues from there', async () => {
    const { stored } = bench
    const before = await sameness(stored)
    const files = await stored.names('billing-snapshots')
    const state = service.getContainerClient('billing-state')
    await state.delete()
    await state.create()
    const { made } = await bench.json<{ made: string[] }>('rebuild-state')
    expect(made.length).toBe(Object.keys(before).length)
    expect((await bench.json<{ kept: string[] }>('rebuild-state')).kept).toEqual(made)
    expect(await bench.json<{ series: { number: number }[] }>('status')).toMatchObject({
      status: 'ok',
    })
    await bench.test.run(DAY)
    expect(await stored.names('billing-snapshots')).toEqual(files)
    expect(await sameness(stored)).toEqual(before)
  })
})

describe('archive export', () => {
  it('copies the files of a snapshot, as known at a time, to a folder', async () => {
    // A path is resolved in the user's folder.
    const to = ['--to', 'out']
    const out = join(bench.folder, 'out')
    const found = await bench.json<{ files: number }>('export', ...USAGE, ...to)
    const files = await readdir(out, { recursive: true, withFileTypes: true })
    expect(files.filter((file) => file.isFile())).toHaveLength(found.files)
    const manifest = files.find(({ name }) => name === '000001.json')
    const text = await readFile(join(manifest?.parentPath ?? '', '000001.json'), 'utf8')
    expect(JSON.parse(text)).toMatchObject({ number: 1, dataset: 'usagedetails' })
    const early = await bench.archive('export', ...USAGE, ...to, '--as-of', '2016-01-01')
    expect(early.code).toBe(2)
    expect(early.stderr).toContain('nothing of usagedetails 100 201704 was known')
  })

  it('copies the view, all of it or of one dataset, under its names', async () => {
    const filesIn = async (folder: string): Promise<string[]> => {
      const found = await readdir(folder, { recursive: true, withFileTypes: true })
      return found.filter((file) => file.isFile()).map(({ parentPath }) => parentPath)
    }
    const all = await bench.json<{ files: number; folder: string }>(
      'export',
      '--view',
      '--to',
      'view',
    )
    expect(await filesIn(all.folder)).toHaveLength(all.files)
    expect(await filesIn(all.folder)).toContain(
      join(all.folder, 'csv/usagedetails/enrollment=100/period=201704'),
    )
    const to = ['--to', 'one']
    const one = await bench.json<{ files: number }>('export', ...USAGE, '--view', ...to)
    expect(one.files).toBe(3)
    const { code, stderr } = await bench.archive('export', '--to', 'none')
    expect([code, stderr]).toEqual([2, expect.stringContaining('or give --view')])
    const mixed = await bench.archive('export', '--view', '--csv', ...to)
    expect([mixed.code, mixed.stderr]).toEqual([2, expect.stringContaining('leave out --csv')])
  })

  it('of a damaged snapshot ends with 1 and leaves no wrong file', async () => {
    const repair = await damage(service.getContainerClient('billing-snapshots'), '.csv')
    const [series] = await bench.json<{ dataset: string; billingPeriod: string }[]>('list')
    const { dataset = '', billingPeriod = '' } = series ?? {}
    const out = join(bench.folder, 'damaged')
    const { code, stderr } = await bench.archive(
      'export',
      dataset,
      '100',
      billingPeriod,
      '--to',
      out,
    )
    await repair()
    expect(code).toBe(1)
    expect(stderr).toContain('DIGEST_MISMATCH')
    const files = await readdir(out, { recursive: true })
    expect(files.filter((name) => name.endsWith('.csv'))).toEqual([])
  })
})
