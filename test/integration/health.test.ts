/** What `status` and the health route report about series, the source's keys, and drift. */

import { SignJWT } from 'jose'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { status as statusCommand } from '../../cli/commands/status.ts'
import type { Context } from '../../cli/context.ts'
import type { FaultRule } from '../../local/simulator/faults.ts'
import { readConfig } from '../../shared/config.ts'
import { type ArchiveStatus, archiveStatus } from '../../shared/usecases/status/archive-status.ts'
import { reportStatus } from '../../shared/usecases/status/report-status.ts'
import type { SeriesHealth } from '../../shared/usecases/status/series-health.ts'
import { screenOf } from '../../terminal/screen.ts'
import { type Stack, startStack } from '../../testing/stack/archive-stack.ts'
import { freshInMemory, type MemoryArchive } from '../../testing/stack/memory-stack.ts'

const DAY = '2017-04-02'
const USAGE_DAY_2 = /startTime=2017-04-02/

let stack: Stack
let test: MemoryArchive

beforeAll(async () => {
  stack = await startStack()
})
afterAll(() => stack.close())
beforeEach(async () => {
  test = await freshInMemory(stack, { simulator: { day: DAY, months: 1, rowsPerDay: 5 } })
})
afterEach(() => test.close())

/** The same including March, which is archived as a whole. */
async function withMarch(): Promise<void> {
  await test.close()
  test = await freshInMemory(stack, {
    simulator: { day: DAY, months: 2, rowsPerDay: 5 },
    settings: { SETTLEMENT_DAYS: '1' },
  })
}

function ask(): Promise<ArchiveStatus> {
  return archiveStatus({ ...test.deps.archive, keyRing: test.deps.keyRing }, ['100'])
}

function find({ series }: ArchiveStatus, dataset: string, billingPeriod: string): SeriesHealth {
  const found = series.find(
    (each) => each.dataset === dataset && each.billingPeriod === billingPeriod,
  )
  if (found === undefined) throw new Error(`no ${dataset} ${billingPeriod}`)
  return found
}

async function runWith(faults: readonly FaultRule[], day = DAY): Promise<ArchiveStatus> {
  test.simulator.setFaults(faults)
  await test.run(day)
  test.simulator.setFaults([])
  return ask()
}

const events = (event: string): string[] =>
  test.lines.filter((line) => line.includes(`"event":"${event}"`))

describe('a series', () => {
  it('is missing before its first run, then unsettled or archived', async () => {
    await withMarch()
    expect(find(await ask(), 'billingperiods', 'all')).toMatchObject({ status: 'missing' })
    const status = await runWith([])
    expect(find(status, 'usagedetails', '201704').status).toBe('unsettled')
    test.simulator.setDay('2017-04-03')
    const later = await runWith([], '2017-04-03')
    expect(find(later, 'usagedetails', '201703')).toMatchObject({
      status: 'archived',
      settled: true,
    })
    expect(later.status).toBe('ok')
  })

  it('with a failed part says which, why and since when, and is ok again after a success', async () => {
    const refused: FaultRule = { kind: 'status', status: 403, match: USAGE_DAY_2 }
    const status = await runWith([refused])
    expect(find(status, 'usagedetails', '201704')).toMatchObject({
      status: 'failed',
      failed: [{ part: DAY, code: 'SOURCE_FORBIDDEN' }],
    })
    expect(status.status).toBe('failed')
    const [first] = find(status, 'usagedetails', '201704').failed
    await new Promise((resolve) => setTimeout(resolve, 1_100)) // storage's clock counts seconds
    const [again] = find(await runWith([refused]), 'usagedetails', '201704').failed
    expect(again?.since).toBe(first?.since)
    expect((again?.at ?? '') > (first?.at ?? '')).toBe(true)
    expect(find(await runWith([]), 'usagedetails', '201704').status).toBe('unsettled')
  })

  it('that lost rows waits, and says how many', async () => {
    await runWith([])
    const status = await runWith([{ kind: 'rewrite', match: /startTime/, rewrite: () => null }])
    expect(find(status, 'usagedetails', '201704')).toMatchObject({
      status: 'waiting',
      shrunk: { rows: 0 },
    })
  })

  it('is stale when it was not checked in time', async () => {
    await runWith([])
    const archive = { ...test.deps.archive, keyRing: test.deps.keyRing }
    const impatient = { ...archive, policy: { ...archive.policy, staleMs: -3_600_000 } }
    const status = await archiveStatus(impatient, ['100'])
    expect(find(status, 'usagedetails', '201704').status).toBe('stale')
    await reportStatus(impatient)
    expect(events('status.late').length).toBeGreaterThan(0)
  })

  it('whose period the source no longer lists stays, and says so', async () => {
    await withMarch()
    await runWith([])
    const drop = (row: string): string | null => (row.includes('"201703"') ? null : row)
    const status = await runWith([{ kind: 'rewrite', match: /billingperiods$/, rewrite: drop }])
    // The list has lost half of its rows, which is accepted only after a second fetch.
    expect(find(status, 'billingperiods', 'all').status).toBe('waiting')
    expect(find(status, 'usagedetails', '201703').listed).toBe(true)
    expect(find(status, 'usagedetails', '201703').number).toBe(1)
  })
})

describe('rows of another shape', () => {
  it('with a new field are archived, logged once, and shown', async () => {
    const rewrite = (row: string): string => row.replace(/}$/, ',"brandNew":"x"}')
    const rule: FaultRule = { kind: 'rewrite', match: /pricesheet/, rewrite }
    const status = await runWith([rule])
    expect(find(status, 'pricesheet', '201704').unknownFields).toEqual(['brandNew'])
    const logged = events('part.unknown-fields').length
    expect(logged).toBeGreaterThan(0)
    await runWith([
      { ...rule, rewrite: (row) => rewrite(row).replace(/"unitPrice":/, '"unitPrice":1') },
    ])
    expect(events('part.unknown-fields')).toHaveLength(logged)
  })

  it.each([
    [
      'a missing field',
      (row: string) => row.replace(/"meterName":"[^"]*",/, ''),
      'meterName is missing',
    ],
    [
      'a number that became a string',
      (row: string) => row.replace(/"unitPrice":([^,]+)/, '"unitPrice":"$1"'),
      'unitPrice is a string',
    ],
  ])('with %s are archived, with a warning', async (_what, rewrite, words) => {
    const status = await runWith([{ kind: 'rewrite', match: /pricesheet/, rewrite }])
    expect(find(status, 'pricesheet', '201704').drift).toContain(words)
    expect(status.status).toBe('warning')
    expect(events('part.drift')[0]).toContain(words)
  })

  it('are a warning even if no vault is given', async () => {
    const rewrite = (row: string): string => row.replace(/"meterName":"[^"]*",/, '')
    await runWith([{ kind: 'rewrite', match: /pricesheet/, rewrite }])
    const noVault = (): Promise<never> => Promise.reject(new Error('no such host'))
    const context: Context = {
      deps: { ...test.deps, keyRing: { keys: noVault, reread: noVault } },
      config: readConfig(test.settings),
      screen: screenOf(process.stderr),
      say: () => {},
      isQuiet: true,
      folder: '.',
      stdin: process.stdin,
      stderr: process.stderr,
      isSure: false,
      settings: 'this test',
      unset: ['KEY_VAULT_URI'],
    }
    const { json, text, exitCode } = await statusCommand(context, {})
    expect(json).toMatchObject({ status: 'warning', keys: [] })
    expect(text).toContain('no vault given')
    expect(exitCode).toBe(0)
  })
})

describe("the source's keys", () => {
  it('that expire soon are a warning, then an error, in the answer and in the log', async () => {
    const keyOf = (days: number): Promise<string> =>
      new SignJWT({})
        .setProtectedHeader({ alg: 'HS256' })
        .setExpirationTime(Date.now() / 1_000 + days * 86_400 + 60)
        .sign(Buffer.alloc(32))
    const { secrets } = stack.services.vault
    const original = secrets.get(test.secret) ?? ''
    await runWith([])
    secrets.set(`${test.secret}-secondary`, await keyOf(20))
    expect(await ask()).toMatchObject({ status: 'warning' })
    secrets.set(`${test.secret}-secondary`, await keyOf(3))
    expect(await ask()).toMatchObject({
      status: 'failed',
      keys: [
        { place: 1, level: 'unknown' },
        { place: 2, level: 'error', daysLeft: 3 },
      ],
    })
    await reportStatus({ ...test.deps.archive, keyRing: test.deps.keyRing })
    expect(events('key.expiring')).toHaveLength(1)
    expect(test.lines.join('\n')).not.toContain(original)
    secrets.delete(`${test.secret}-secondary`)
  })
})
