/** Rows and totals from a terminal, compared with an independent parser and independent sums. */
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sumTexts } from '../../../shared/rows/decimal/decimal.ts'
import { type CommandBench, startCommandBench } from '../../../testing/command/command-bench.ts'

let bench: CommandBench
/** All rows of March, by the command and by another parser. */
let all: Record<string, string>[]

beforeAll(async () => {
  const simulator = { day: '2017-04-03', months: 2, rowsPerDay: 30 }
  bench = await startCommandBench({ simulator, settings: { SETTLEMENT_DAYS: '1' } })
  await bench.test.run('2017-04-03')
  all = records((await bench.archive('rows', 'usagedetails', '201703')).stdout)
}, 120_000)
afterAll(() => bench.close())

const records = (csv: string): Record<string, string>[] => parse(csv, { columns: true })

describe('rows', () => {
  it('are all printed as CSV to a pipe, or the requested ones', async () => {
    const listed = JSON.parse(
      (await bench.archive('--json', 'list', '--period', '201703')).stdout,
    ) as {
      dataset: string
      rowCount: number
      totals: Record<string, string>
    }[]
    const usage = listed.find(({ dataset }) => dataset === 'usagedetails')
    expect(all).toHaveLength(usage?.rowCount ?? -1)
    expect(sumTexts(all.map((row) => row['cost'] ?? '0'))).toBe(usage?.totals['cost'])

    const args = ['--where', 'cost >= 10', '--select', 'date,meterName,cost', '--format', 'csv']
    const some = await bench.archive('rows', 'usagedetails', '201703', ...args)
    const expected = all
      .filter((row) => Number(row['cost']) >= 10)
      .map(({ date, meterName, cost }) => ({ date, meterName, cost }))
    expect(expected.length).toBeGreaterThan(0)
    expect(records(some.stdout)).toEqual(expected)
  })

  it('are a JSON array, one row per line, or a short table', async () => {
    const select = ['--select', 'date,cost']
    const array = await bench.archive('rows', 'usagedetails', '100', '201703', '--json', ...select)
    const rows = JSON.parse(array.stdout) as unknown[]
    const lines = await bench.archive(
      'rows',
      'usagedetails',
      '201703',
      '--format',
      'ndjson',
      ...select,
    )
    expect(
      lines.stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual(rows)
    const limited = ['--limit', '3', '--json', ...select]
    const few = await bench.archive('rows', 'usagedetails', '201703', ...limited)
    expect(JSON.parse(few.stdout)).toEqual(rows.slice(0, 3))

    const table = await bench.archive('rows', 'usagedetails', '201703', '--format', 'table')
    expect(table.stdout).toContain('the first 20 rows of snapshot 1')
    expect(table.stdout).toMatch(/taken \d{4}-\d\d-\d\d \d\d:\d\d \S+/)
    expect(table.stdout.split('\n')[0]).toMatch(/^date +subscriptionName .* cost$/)
  })

  it('of an empty result are an empty document in the format', async () => {
    const where = ['--where', 'cost > 1000000000000000']
    expect((await bench.archive('rows', 'usagedetails', '201703', '--json', ...where)).stdout).toBe(
      '[]\n',
    )
    expect((await bench.archive('rows', 'usagedetails', '201703', ...where)).stdout).toMatch(
      /^\S+\r\n$/,
    )
  })

  it.each([
    [['rows', 'usagedetails', '209901'], 'there is no snapshot'],
    [['rows', 'usagedetails', '201703', '--where', 'cost'], 'expected a column'],
    [['rows', 'usagedetails', '200', '201703'], 'enrollment 200 is not available here, only 100'],
    [['totals', 'usagedetails', '201704', '201703'], 'the range is reversed'],
  ])('%j --json ends with 2 and says why, in JSON', async (args, words) => {
    const { code, stdout } = await bench.archive(...args, '--json')
    const { error } = JSON.parse(stdout) as { error: { code: string; message: string } }
    expect(error.message).toContain(words)
    expect(error.code).toMatch(/^(BAD_REQUEST|NOT_FOUND)$/)
    expect(code).toBe(2)
  })
})

describe('totals', () => {
  it('are exact, by column, with their currency', async () => {
    const found = JSON.parse(
      (
        await bench.archive(
          'totals',
          'usagedetails',
          '201703',
          '--group-by',
          'serviceName',
          '--json',
        )
      ).stdout,
    ) as {
      currency: string
      totals: { cost: string }
      groups: { key: { serviceName: string }; rows: number; totals: { cost: string } }[]
    }
    expect(found.currency).toBe('EUR')
    expect(found.totals.cost).toBe(sumTexts(all.map((row) => row['cost'] ?? '0')))
    for (const { key, rows, totals } of found.groups) {
      const theirs = all.filter((row) => row['serviceName'] === key.serviceName)
      expect(rows).toBe(theirs.length)
      expect(totals.cost).toBe(sumTexts(theirs.map((row) => row['cost'] ?? '0')))
    }
    const { stdout } = await bench.archive(
      'totals',
      'usagedetails',
      '201703',
      '--group-by',
      'serviceName',
    )
    expect(stdout).toMatch(/^serviceName +rows +cost \(EUR\)\n/)
    expect(stdout).toMatch(/\ntotal +[\d,]+ +-?[\d,]+\.\d\d\n/)
    const exact = await bench.archive('--exact', 'totals', 'usagedetails', '201703')
    expect(exact.stdout.replaceAll(',', '')).toContain(found.totals.cost)
  })
})
