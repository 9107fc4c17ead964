/** `npm start` as a user sees it. */
import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunResult } from '../../local/result.ts'
import { startSimulator } from '../../local/simulator/server.ts'
import { runHttpFile } from '../../testing/http/http-file.ts'
import { answers, printed, start, startOnce } from '../../testing/stack/start-process.ts'

let dataDir: string
/** April is archived as a whole, and May has three days. */
const small = ['--months', '2', '--rows-per-day', '40']
const SETTLED = { SETTLEMENT_DAYS: '1' }
const DAY = '2017-05-03'
const NEXT_DAY = '2017-05-04'

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'billing-archive-test-'))
})
afterAll(() => rm(dataDir, { recursive: true, force: true }))

const numbers = (result: RunResult): Record<string, number> =>
  Object.fromEntries(
    result.snapshots.map((line) => [`${line.dataset} ${line.billingPeriod}`, line.number]),
  )

// One archive for all tests: later ones continue from the first run.
describe('npm start -- --once --json', () => {
  let first: RunResult

  it('archives, and with several hosts on one queue every series is sealed once', async () => {
    const file = join(dataDir, 'timers.json')
    const args = ['--data-dir', join(dataDir, 'archive'), ...small, '--day', DAY, '--hosts', '3']
    const { code, result } = await startOnce(args, { ...SETTLED, LOCAL_TIMER_STATUS: file })
    first = result
    expect(code).toBe(0)
    const { checked } = result.parts
    expect(result.parts).toEqual({ checked, unchanged: 0, written: checked, failed: 0 })
    expect(result.upstreamRequests).toBeGreaterThanOrEqual(checked)
    expect(result.failed).toEqual([])
    expect(result.snapshots.every((line) => line.isNew && line.number === 1)).toBe(true)
    expect(result.snapshots).toHaveLength(8)
    const usage = result.snapshots.find((line) => line.dataset === 'usagedetails' && line.settled)
    expect(usage).toMatchObject({ enrollment: '100', billingPeriod: '201704' })
    expect(usage?.rows).toBeGreaterThan(1_200)
    expect(usage?.totals['cost']).toMatch(/^\d+\.\d+$/)
    expect(usage?.jsonBytes).toBeGreaterThan(0)
    expect(usage?.csvBytes).toBeGreaterThan(usage?.jsonBytes ?? 0)
    // The file in which the host records its timers.
    const timers = JSON.parse(await readFile(file, 'utf8')) as Record<string, { next: string }>
    expect(Object.keys(timers)).toHaveLength(10)
    expect(Date.parse(timers['archive-usagedetails']?.next ?? '')).toBeGreaterThan(Date.now())
  })

  it('archives only what changed a day later, and ends with all of its processes', async () => {
    const args = ['--data-dir', join(dataDir, 'archive'), ...small, '--day', NEXT_DAY]
    const { code, result } = await startOnce(args, SETTLED)
    expect(code).toBe(0)
    expect(result.parts.written).toBeGreaterThan(1)
    expect(result.parts.written).toBeLessThan(10)
    expect(result.parts.unchanged).toBe(result.parts.checked - result.parts.written)
    expect(numbers(result)).toEqual({
      ...numbers(first),
      'usagedetails 201705': 2,
      'balancesummary 201705': 2,
      'marketplacecharges 201705': 2,
    })
    expect(await answers(result.blobUrl)).toBe(false)
    expect(await answers(result.url)).toBe(false)
  })
})

describe('npm start', () => {
  it('finds nothing to do, prints curl lines that work, serves, and leaves no process behind', async () => {
    const run = start(
      ['--data-dir', join(dataDir, 'archive'), ...small, '--day', NEXT_DAY],
      SETTLED,
    )
    await printed(run, 'A token of the local tenant')
    const text = run.stdout()
    expect(text).toMatch(
      /^dataset +enrollment +period +state +number +rows +cost +JSON bytes +CSV bytes$/m,
    )
    // Every part costs one request, and none is written.
    expect(text).toMatch(/^(\d+) parts checked, \1 unchanged, 0 written, \1 upstream requests$/m)
    expect(text).not.toContain(' new')
    expect(text).toContain(`The data is in ${dataDir}`)

    const lines = [...text.matchAll(/curl -s -H '([^:]+): ([^']+)' '([^']+)'/g)]
    expect(lines.length).toBeGreaterThan(2)
    for (const [, header = '', value = '', url = ''] of lines) {
      const response = await fetch(url, { headers: { [header]: value } })
      expect(response.status, url).toBe(200)
      expect(await response.json()).toBeTruthy()
    }
    const [, header = '', value = '', url = ''] = lines.at(-1) ?? []
    const requests = await readFile(new URL('../../docs/requests.http', import.meta.url), 'utf8')
    const asked = await runHttpFile(requests, {
      url: new URL(url).origin,
      key: value.replace('bearer ', ''),
      period: '201704',
    })
    expect(asked.length).toBeGreaterThan(15)
    for (const { request, status, text: answer } of asked) {
      // The month was fetched just before.
      expect(status, request + answer).toBe(request.endsWith('/refresh') ? 429 : 200)
      expect(answer.length, request).toBeGreaterThan(1)
    }
    expect(
      (await fetch(url.replace('/archive/health', '/v3/enrollments/100/usagedetails'))).status,
    ).toBe(401)
    const head = await fetch(url, { method: 'HEAD', headers: { [header]: value } })
    expect(head.status).toBe(200)
    expect((await fetch(new URL('/admin/host/status', url))).status).toBe(401)
    expect((await fetch(new URL('/no/such/route', url))).status).toBe(404)

    run.child.kill('SIGINT')
    expect(await run.exit).toBe(130)
    expect(await answers(url)).toBe(false)
    const left = spawnSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).stdout
    expect(left.split('\n').filter((line) => line.includes(dataDir))).toEqual([])
  })

  it('explains its flags', async () => {
    const run = start(['--help'])
    expect(await run.exit).toBe(0)
    for (const flag of [
      '--once',
      '--data-dir',
      '--port',
      '--blob-port',
      '--seed',
      '--months',
      '--rows-per-day',
      '--day',
      '--json',
    ]) {
      expect(run.stdout()).toContain(flag)
    }
  })
})

describe('npm start on another source', () => {
  it('reads from the server that the environment names, and ends non-zero if a key is refused', async () => {
    const mirror = await startSimulator({
      seed: 7,
      months: 1,
      rowsPerDay: 1_200,
      day: '2018-02-02',
      enrollments: ['4711', '4712'],
      keys: (enrollment) => [enrollment === '4711' ? 'the-mirrors-key' : 'another-key'],
    })
    const env = {
      EA_REPORTING_ENDPOINT: mirror.url,
      EA_REPORTING_KEY: 'the-mirrors-key',
      ENROLLMENTS: '4711,4712',
      BUSINESS_DAY: '2018-02-02',
    }
    const { code, result, stderr } = await startOnce(['--data-dir', join(dataDir, 'mirror')], env)
    expect(stderr).not.toContain('the-mirrors-key')
    const usage = result.snapshots.find((line) => line.dataset === 'usagedetails')
    expect(usage).toMatchObject({ enrollment: '4711', billingPeriod: '201802', settled: false })
    expect(usage?.rows).toBe(
      mirror.rows(
        '/v3/enrollments/4711/usagedetailsbycustomdate?startTime=2018-02-01&endTime=2018-02-28',
      ).length,
    )
    // The other enrollment hides nothing of this one.
    expect(code).toBe(1)
    expect(result.failed).toHaveLength(1)
    expect(result.failed[0]).toMatchObject({
      enrollment: '4712',
      dataset: 'billingperiods',
      code: 'SOURCE_UNAUTHORIZED',
      message: expect.stringMatching(
        /401: the key for enrollment 4712 was refused; store a valid/,
      ) as string,
    })
    expect(result.upstreamRequests).toBeLessThanOrEqual(mirror.requests.length)
    await mirror.close()
  })
})

describe('npm start with wrong options or settings', () => {
  it.each([
    [['--day', 'yesterday'], {}, /yyyy-MM-dd/],
    [['--months', '0'], {}, /whole number from 1/],
    [['--nonsense'], {}, /unknown option/],
    [[], { EA_REPORTING_ENDPOINT: 'http://127.0.0.1:9' }, /EA_REPORTING_KEY .* and ENROLLMENTS/],
    [
      ['--rows-per-day', '1'],
      { SETTLEMENT_DAYS: 'ten' },
      /SETTLEMENT_DAYS is wrong: expected a whole number/,
    ],
  ])('refuses %j with %j', async (args, env, message) => {
    const run = start(
      ['--once', '--data-dir', join(dataDir, 'none'), '--months', '1', ...args],
      env as Record<string, string>,
    )
    expect(await run.exit).not.toBe(0)
    expect(run.stdout() + run.stderr()).toMatch(message)
  })
})

describe('a Node that is too old', () => {
  it('gets a message in the first line, with what to do', () => {
    const pretend =
      'data:text/javascript,Object.defineProperty(process,"versions",{value:{node:"20.20.2"}})'
    const args = ['--import', pretend, 'local/check-node.mjs']
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
    expect(status).toBe(1)
    expect(stderr.split('\n')[0]).toMatch(/needs Node 24.*npm ci/)
  })
})
