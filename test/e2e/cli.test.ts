/** What a person or a script sees of `billing-archive`. */
import { execFile, spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { authenticate } from '../../shared/usecases/access/check-access.ts'
import { type Stack, startStack, type TestArchive } from '../../testing/stack/archive-stack.ts'
import { openArchive, sameness } from '../../testing/stack/read-archive.ts'
import { CACHED } from '../../testing/stack/start-process.ts'

interface Result {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

const root = resolve(import.meta.dirname, '../..')
const DAY = '2017-04-03'
const USAGE = ['usagedetails', '100', '201704'] as const

let stack: Stack
let test: TestArchive
let folder: string
let settings: string
let service: BlobServiceClient

beforeAll(async () => {
  stack = await startStack()
  test = await stack.fresh({ simulator: { day: DAY, months: 2, rowsPerDay: 5 } })
  await test.run(DAY)
  test.simulator.setDay('2017-04-04')
  folder = await mkdtemp(join(tmpdir(), 'billing-archive-cli-'))
  settings = join(folder, 'settings.json')
  const values = { ...test.settings, BUSINESS_DAY: '2017-04-04' }
  await writeFile(settings, JSON.stringify({ Values: values }))
  service = new BlobServiceClient(test.blobUrl, stack.services.credential)
})
afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
  await test.close()
  await stack.close()
})

function archive(...args: string[]): Promise<Result> {
  return run('--settings', settings, ...args)
}

function run(...args: string[]): Promise<Result> {
  const { PATH = '', HOME = '' } = process.env
  const command = [...CACHED, 'cli/main.ts', ...args]
  return new Promise((done) => {
    const options = { cwd: root, env: { PATH, HOME } }
    execFile(process.execPath, command, options, (error, stdout, stderr) => {
      done({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr })
    })
  })
}

async function json<T>(...args: string[]): Promise<T> {
  const { stdout, stderr } = await archive('--json', ...args)
  if (stdout === '') throw new Error(stderr)
  return JSON.parse(stdout) as T
}

async function names(container: ContainerClient): Promise<string[]> {
  const found: string[] = []
  for await (const { name } of container.listBlobsFlat()) found.push(name)
  return found
}

/** Replaces the first blob whose name ends so, and gives what puts it right again. */
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

// First: what is damaged is written again, and verify compares its time with that of the snapshots.
describe('a damaged archive', () => {
  it('tells a person with a damaged archive what is damaged and what can be trusted', async () => {
    // What is repaired has a second file: no other test is about this dataset.
    await damage(service.getContainerClient('billing-snapshots'), '.csv', '/pricesheet/')
    const { code, stdout } = await archive('verify')
    expect(code).toBe(1)
    expect(stdout).toMatch(/FILE_ALTERED .*\.csv/)
    expect(stdout).toContain('"repair" rebuilds the CSV from it')
    expect(stdout).toContain('What can be trusted:')
    expect(stdout).toContain('FAULTY: 1 fault;')

    // It stays known until it is whole.
    const status = await archive('status')
    expect(status.code).toBe(1)
    expect(status.stdout).toMatch(/damaged .*1 FAULT/)
    expect((await archive('rebuild-view')).stdout).toContain('1 FAILED')
    const repaired = await archive('repair')
    expect(repaired).toMatchObject({ code: 0 })
    expect(repaired.stdout).toContain('1 file repaired, 0 faults left')
    expect((await archive('verify')).stdout).toContain(
      '1 damaged file is read from repaired copies',
    )
    expect((await archive('rebuild-view')).code).toBe(0)
    expect((await archive('status')).code).toBe(0)
  })

  it('makes a damaged view again', async () => {
    await damage(service.getContainerClient('billing-current'), 'data.csv')
    expect((await archive('verify')).stdout).toContain('VIEW_DIFFERS')
    expect((await archive('rebuild-view')).code).toBe(0)
    expect((await archive('verify')).code).toBe(0)
  })
})

describe('archive fetch', () => {
  it('shows what is due, then fetches it, and what changed can be seen', async () => {
    const due = await json<{ dataset: string; parts: string[] }[]>('plan', '--dataset', USAGE[0])
    expect(due[0]).toMatchObject({
      dataset: 'usagedetails',
      parts: expect.arrayContaining(['2017-04-04']) as unknown,
    })
    // Opening puts the parts on the queue of the functions: those of what was asked for, and no more.
    const opened = await archive('plan', '--open', '--dataset', 'pricesheet', '--period', USAGE[2])
    expect(opened.stdout).toContain('Opened or joined:')
    expect((await test.queue.getProperties()).approximateMessagesCount).toBe(1)
    await test.queue.clearMessages()
    const fetched = await archive('fetch', '--period', USAGE[2])
    expect(fetched).toMatchObject({ code: 0 })
    expect(fetched.stdout).toContain('unsettled')
    expect(fetched.stderr).toMatch(/\d+ of \d+ parts/)
    // The queue of the functions was not used.
    expect((await test.queue.getProperties()).approximateMessagesCount).toBe(0)
    const found = await json<{ added: number; rows: { kind: string }[] }>(
      'diff',
      ...USAGE,
      '--rows',
    )
    expect(found.added).toBeGreaterThan(0)
    expect(found.rows.filter(({ kind }) => kind === 'added')).toHaveLength(found.added)
  })

  it('of a range fetches each listed period of it', async () => {
    const range = ['--from', '201601', '--to', '201704', '--dataset', 'pricesheet']
    const series = await json<{ billingPeriod: string }[]>('fetch', ...range)
    expect(series.map(({ billingPeriod }) => billingPeriod)).toEqual(['201704', '201703'])
  })

  it('of a period that fails ends with 1 and says why', async () => {
    test.simulator.setFaults([{ kind: 'status', status: 403, match: /pricesheet/ }])
    const { code, stdout } = await archive('fetch', '--period', '201704', '--dataset', 'pricesheet')
    test.simulator.setFaults([])
    expect(code).toBe(1)
    expect(stdout).toContain('all: SOURCE_FORBIDDEN')
    expect((await archive('status')).code).toBe(1)
    expect((await archive('fetch', '--period', '201704', '--dataset', 'pricesheet')).code).toBe(0)
  })
})

describe('archive list, status and doctor', () => {
  it('tell what there is, how it stands, and what a run depends on', async () => {
    const all = await json<{ number: number; dataset: string }[]>('list', '--all')
    const newest = await json<{ number: number }[]>('list')
    expect(all.length).toBeGreaterThan(newest.length)
    const found = await archive('status', '--dataset', 'usagedetails')
    expect(found.code).toBe(0)
    expect(found.stdout).toMatch(/usagedetails +100 +201704 +unsettled/)
    expect(found.stdout).not.toContain('pricesheet')
    const doctor = await archive('doctor')
    expect(doctor.code).toBe(0)
    expect(doctor.stdout).toMatch(/source, 100 +ok/)
    expect(doctor.stdout).toMatch(/retention +WARNING/)
  })
})

describe('archive verify', () => {
  it('proves a sound archive with the hash of a ledger', async () => {
    const { sha256 } = await json<{ sha256: string }>('ledger')
    const { code, stdout } = await archive('verify', '--deep', '--anchor', sha256)
    expect(stdout).toContain('nothing of that day was removed or replaced')
    expect(stdout).toContain('OK: everything that was read is as it was written')
    expect(code).toBe(0)
  })

  it('says so where there is nothing to verify, and is no proof', async () => {
    const { code, stdout, stderr } = await archive('verify', '--period', '209901')
    expect(stderr).toContain('nothing was verified: ')
    expect(stderr).toContain('no series of 209901')
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    const empty = await stack.fresh()
    const file = join(folder, 'empty.json')
    await writeFile(file, JSON.stringify({ Values: empty.settings }))
    for (const command of ['verify', 'ledger']) {
      const found = await archive('--settings', file, command)
      expect(found.code, command).toBe(2)
      expect(found.stderr, command).toContain('no series')
    }
    await empty.close()
  })
})

describe('archive rebuild', () => {
  it('makes the state again from the snapshots alone, and the next run goes on from there', async () => {
    const stored = openArchive(test.blobUrl, stack.services.credential)
    const before = await sameness(stored)
    const files = await stored.names('billing-snapshots')
    const state = service.getContainerClient('billing-state')
    await state.delete()
    await state.create()
    const { made } = await json<{ made: string[] }>('rebuild-state')
    expect(made.length).toBe(Object.keys(before).length)
    expect((await json<{ kept: string[] }>('rebuild-state')).kept).toEqual(made)
    expect(await json<{ series: { number: number }[] }>('status')).toMatchObject({ status: 'ok' })
    await test.run('2017-04-04')
    expect(await stored.names('billing-snapshots')).toEqual(files)
    expect(await sameness(stored)).toEqual(before)
  })
})

describe('archive export', () => {
  it('puts the files of a snapshot into a folder, as they were known at a time', async () => {
    const out = join(folder, 'out')
    const found = await json<{ number: number; files: number }>('export', ...USAGE, '--to', out)
    const files = await readdir(out, { recursive: true, withFileTypes: true })
    expect(files.filter((file) => file.isFile())).toHaveLength(found.files)
    const manifest = files.find(({ name }) => name === '000002.json')
    const text = await readFile(join(manifest?.parentPath ?? '', '000002.json'), 'utf8')
    expect(JSON.parse(text)).toMatchObject({ number: 2, dataset: 'usagedetails' })
    const early = await archive('export', ...USAGE, '--to', out, '--as-of', '2016-01-01')
    expect(early.code).toBe(2)
    expect(early.stderr).toContain('nothing of usagedetails 100 201704 was known')
  })

  it('of a damaged snapshot ends with 1 and leaves no file that is wrong', async () => {
    const repair = await damage(service.getContainerClient('billing-snapshots'), '.csv')
    const [series] = await json<{ dataset: string; billingPeriod: string }[]>('list')
    const { dataset = '', billingPeriod = '' } = series ?? {}
    const out = join(folder, 'damaged')
    const { code, stderr } = await archive('export', dataset, '100', billingPeriod, '--to', out)
    await repair()
    expect(code).toBe(1)
    expect(stderr).toContain('DIGEST_MISMATCH')
    const files = await readdir(out, { recursive: true })
    expect(files.filter((name) => name.endsWith('.csv'))).toEqual([])
  })
})

describe('archive keys', () => {
  const open = (key: string): Promise<unknown> =>
    authenticate(test.deps.http.access, `bearer ${key}`).then(
      ({ enrollments }) => enrollments,
      (error: Error) => error.message,
    )

  it('makes a key that opens its enrollments until it is revoked, and stores its digest alone', async () => {
    const made = await json<{ key: string; digest: string }>(...keysOf('create', 'finance'))
    expect(await open(made.key)).toEqual(['100', '200'])
    const stored = openArchive(test.blobUrl, stack.services.credential)
    for (const name of await stored.names('billing-access')) {
      expect((await stored.bytes('billing-access', name)).toString()).not.toContain(made.key)
    }
    const listed = await archive('keys', 'list')
    expect(listed.stdout).toMatch(/finance +100,200 +Read +20\d\d-\d\d-\d\d [^\n]+ +valid/)
    expect(listed.stdout).not.toContain(made.key)
    expect((await archive('keys', 'revoke', made.digest.slice(0, 12))).code).toBe(0)
    expect(await open(made.key)).toMatch(/revoked/)
    expect((await archive('keys', 'list')).stdout).toMatch(/finance .* revoked/)
  })

  it('imports the keys that scripts have, so that only the host name changes', async () => {
    const key = stack.services.vault.secrets.get(test.secret) ?? ''
    expect(await open(key)).toMatch(/not known/)
    const flags = ['--enrollments', '100', '--name', 'old scripts', '--expires', 'never']
    const imported = await archive('keys', 'import', ...flags)
    expect(imported).toMatchObject({ code: 0 })
    expect(imported.stdout + imported.stderr).not.toContain(key)
    expect(await open(key)).toEqual(['100'])
    expect(await archive('keys', 'import', ...flags)).toMatchObject({ code: 2 })
  })

  it.each([
    [keysOf('create', 'x', '0d'), 'Expected e.g. 180d'],
    [keysOf('create', 'x', '2016-01-01'), 'Expected e.g. 180d'],
    [['keys', 'create', '--enrollments', '1/2'], 'Expected an enrollment number'],
    [
      ['keys', 'create', '--enrollments', '999', '--name', 'x', '--expires', '9d'],
      '999 is not archived here (100 is)',
    ],
    [['keys', 'revoke', 'zz'], 'Expected the beginning of a digest'],
  ])('%j ends with 2', async (args, words) => {
    const { code, stderr } = await archive(...args)
    expect(stderr).toContain(words)
    expect(code).toBe(2)
  })
})

function keysOf(command: string, name: string, expires = '180d'): string[] {
  return [
    'keys',
    command,
    '--enrollments',
    '100,200',
    '--yes',
    '--name',
    name,
    '--expires',
    expires,
  ]
}

describe('wrong use', () => {
  it.each([
    [['list', '--period', '2017'], 'Expected a billing period as yyyyMM'],
    [['list', '--enrollment', '../100'], 'Expected an enrollment number'],
    [['diff', 'nothing', '100', '201704'], 'Expected one of billingperiods'],
    [['verify', '--anchor', 'abc'], 'Expected a SHA-256'],
    [['export', ...USAGE], "required option '--to <folder>' not specified"],
    [['export', ...USAGE, '--to', 'x', '--as-of', 'yesterday'], 'Expected a time'],
    [['diff', ...USAGE, '--from', '0'], 'Expected the number of a snapshot'],
    [['no-such-command'], 'unknown command'],
    [['list', 'too', 'much'], 'too many arguments'],
  ])('%j ends with 2 and says what was expected', async (args, words) => {
    const { code, stderr, stdout } = await archive(...args)
    expect(stderr).toContain(words)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  })

  it('settings that can not be used end with 2, by name; storage that is away, with 3', async () => {
    const bad = join(folder, 'bad.json')
    await writeFile(bad, JSON.stringify({ Values: { ...test.settings, SHRINK_ALERT: 'x' } }))
    const wrong = await archive('--settings', bad, 'list')
    expect(wrong).toMatchObject({ code: 2 })
    expect(wrong.stderr).toContain('SHRINK_ALERT')
    const gone = join(folder, 'nope.json')
    expect((await archive('--settings', gone, 'list')).stderr).toContain(`there is no file ${gone}`)
    await writeFile(bad, '[]')
    expect((await archive('--settings', bad, 'list')).stderr).toContain('is not a settings file')
    const elsewhere = stack.services.azurite.urlsOf('no-such-account').blobUrl
    const values = { ...test.settings, ARCHIVE_STORAGE__blobServiceUri: elsewhere }
    await writeFile(bad, JSON.stringify({ Values: values }))
    expect(await archive('--settings', bad, 'list')).toMatchObject({ code: 3 })
    // The account of the views is named apart from that of the archive.
    const views = await archive('verify', '--period', '201704', '--view-account', elsewhere)
    expect(views.code).toBe(3)
    expect(views.stderr).toContain('reading csv/balancesummary/')
  })

  it('an output that nobody reads to its end is no fault', async () => {
    const { PATH = '', HOME = '' } = process.env
    const args = [...CACHED, 'cli/main.ts', '--settings', settings, 'list']
    const child = spawn(process.execPath, args, { cwd: root, env: { PATH, HOME } })
    child.stdout.destroy() // as `head` does when it has seen enough
    const [code, stderr] = await Promise.all([
      new Promise((done) => child.once('close', done)),
      text(child.stderr),
    ])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  })

  it('an archive that does not run in a folder is named, with how to start it', async () => {
    const { code, stderr } = await run('--data-dir', folder, 'list')
    expect(code).toBe(2)
    expect(stderr).toContain(`no archive runs in ${folder}: start one with `)
  })
})
