/** An error with status 200 in place of a row: rejected by name, and archived data stays. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { archiveStatus } from '../../shared/usecases/status/archive-status.ts'
import { type Stack, startStack } from '../../testing/stack/archive-stack.ts'
import { freshInMemory, type MemoryArchive } from '../../testing/stack/memory-stack.ts'

const DAY = '2017-04-02'
const ERROR = '{"error":{"code":"500","message":"An error has occurred."}}'

let stack: Stack
let test: MemoryArchive

beforeAll(async () => {
  stack = await startStack()
  test = await freshInMemory(stack, {
    simulator: { day: DAY, months: 1, rowsPerDay: 5 },
    settings: { RETRY_TRIES: '2' },
  })
})
afterAll(async () => {
  await test.close()
  await stack.close()
})
beforeEach(async () => {
  test.simulator.setFaults([])
  await test.run(DAY)
})

/** The numbers of all snapshots, and the number of requests to the source, after a run with such rows. */
async function runWith(match: RegExp, rewrite: (row: string) => string) {
  const { stored } = test
  const before = [...(await stored.manifests()).keys()].sort()
  test.simulator.setFaults([{ kind: 'rewrite', match, rewrite }])
  await test.run(DAY)
  const after = [...(await stored.manifests()).keys()].sort()
  const archive = { ...test.deps.archive, keyRing: test.deps.keyRing }
  const { series } = await archiveStatus(archive, ['100'])
  const failed = series.flatMap(({ dataset, failed }) =>
    failed.map(({ code, message }) => ({ dataset, code, message })),
  )
  return { isSame: after.join() === before.join() && after.length > 0, failed }
}

describe('an answer under 200', () => {
  it('that is an error does not replace a balance', async () => {
    const { isSame, failed } = await runWith(/balancesummary/, () => ERROR)
    expect(isSame).toBe(true)
    expect(failed).toEqual([
      {
        dataset: 'balancesummary',
        code: 'ROWS_NOT_A_ROW',
        message: `row 1 of the answer is not a row of this dataset: it has no billingPeriodId or currencyCode, and no totalUsage; nothing was stored; it says: ${ERROR}`,
      },
    ])
  })

  it('that is an empty object is not a balance', async () => {
    const { isSame, failed } = await runWith(/balancesummary/, () => '{}')
    expect(isSame).toBe(true)
    expect(failed).toMatchObject([{ dataset: 'balancesummary', code: 'ROWS_NOT_A_ROW' }])
  })

  it('with an error among its rows is rejected with the number of the row', async () => {
    let rows = 0
    const { isSame, failed } = await runWith(/usagedetailsbycustomdate.*=2017-04-01$/, (row) =>
      ++rows === 2 ? ERROR : row,
    )
    expect(rows).toBeGreaterThan(2)
    expect(isSame).toBe(true)
    expect(failed).toMatchObject([
      {
        dataset: 'usagedetails',
        code: 'ROWS_NOT_A_ROW',
        message: expect.stringContaining(
          'row 2 of the answer is not a row of this dataset: it has no cost or',
        ),
      },
    ])
  })
})
