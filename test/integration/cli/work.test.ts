/** Commands that archive and that show the state, as users and scripts see them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CommandBench, startCommandBench } from '../../../testing/command/command-bench.ts'

const DAY = '2017-04-03'
const USAGE = ['usagedetails', '100', '201704'] as const

let bench: CommandBench

beforeAll(async () => {
  const simulator = { day: DAY, months: 2, rowsPerDay: 5 }
  const settings = { SETTLEMENT_DAYS: '1' }
  bench = await startCommandBench({ simulator, settings }, { BUSINESS_DAY: '2017-04-04' })
  await bench.test.run(DAY)
  bench.test.simulator.setDay('2017-04-04')
})
afterAll(() => bench.close())

describe('archive fetch', () => {
  it('shows what is due, fetches it, and shows what changed', async () => {
    const due = await bench.json<{ dataset: string; parts: string[] }[]>(
      'plan',
      '--dataset',
      USAGE[0],
    )
    expect(due[0]).toMatchObject({
      dataset: 'usagedetails',
      parts: expect.arrayContaining(['2017-04-04']) as unknown,
    })
    // Opening plans queues their parts for the functions, and no others.
    const opened = await bench.archive(
      'plan',
      '--open',
      '--dataset',
      'pricesheet',
      '--period',
      USAGE[2],
    )
    expect(opened.stdout).toContain('Opened or joined:')
    expect((await bench.test.queue.getProperties()).approximateMessagesCount).toBe(1)
    await bench.test.queue.clearMessages()
    const fetched = await bench.archive('fetch', '--period', USAGE[2])
    expect(fetched).toMatchObject({ code: 0 })
    expect(fetched.stdout).toContain('unsettled')
    expect(fetched.stderr).toMatch(/\d+ of \d+ parts/)
    // The queue of the functions was not used.
    expect((await bench.test.queue.getProperties()).approximateMessagesCount).toBe(0)
    const found = await bench.json<{ added: number; rows: { kind: string }[] }>(
      'diff',
      ...USAGE,
      '--rows',
    )
    expect(found.added).toBeGreaterThan(0)
    expect(found.rows.filter(({ kind }) => kind === 'added')).toHaveLength(found.added)
  })

  it('of a range fetches each listed period of it', async () => {
    const range = ['--from', '201601', '--to', '201704', '--dataset', 'pricesheet']
    const series = await bench.json<{ billingPeriod: string }[]>('fetch', ...range)
    expect(series.map(({ billingPeriod }) => billingPeriod)).toEqual(['201704', '201703'])
  })

  it('of a period that fails ends with 1 and says why', async () => {
    bench.test.simulator.setFaults([{ kind: 'status', status: 403, match: /pricesheet/ }])
    const { code, stdout } = await bench.archive(
      'fetch',
      '--period',
      '201704',
      '--dataset',
      'pricesheet',
    )
    bench.test.simulator.setFaults([])
    expect(code).toBe(1)
    expect(stdout).toContain('all: SOURCE_FORBIDDEN')
    expect((await bench.archive('status')).code).toBe(1)
    expect(
      (await bench.archive('fetch', '--period', '201704', '--dataset', 'pricesheet')).code,
    ).toBe(0)
  })
})

describe('archive list, status and doctor', () => {
  it('show the contents, the state, and what a run depends on', async () => {
    const all = await bench.json<{ number: number; dataset: string }[]>('list', '--all')
    const newest = await bench.json<{ number: number }[]>('list')
    expect(all.length).toBeGreaterThan(newest.length)
    const found = await bench.archive('status', '--dataset', 'usagedetails')
    expect(found.code).toBe(0)
    expect(found.stdout).toMatch(/usagedetails +100 +201704 +unsettled/)
    expect(found.stdout).not.toContain('pricesheet')
    const doctor = await bench.archive('doctor')
    expect(doctor.code).toBe(0)
    expect(doctor.stdout).toMatch(/source, 100 +ok/)
    expect(doctor.stdout).toMatch(/retention +WARNING/)
  })
})
