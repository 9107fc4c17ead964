/** Compares the datasets of one period, and the days with the whole period. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Mismatch, plant } from '../../local/simulator/mismatches.ts'
import type { DatasetName } from '../../shared/datasets/dataset.ts'
import { reconcileAll } from '../../shared/usecases/reconcile/reconcile-all.ts'
import type { Reconciliation } from '../../shared/usecases/reconcile/reconciliation.ts'
import { type Stack, startStack } from '../../testing/stack/archive-stack.ts'
import { freshInMemory, type MemoryArchive } from '../../testing/stack/memory-stack.ts'

/** May has two days, which no test uses. */
const DAY = '2017-05-02'
/** On the same day, so that the days and the whole are the same bill. */
const SETTLED = { SETTLEMENT_DAYS: '1' }

/** Price sheets are not compared. */
const RECONCILED = [
  'billingperiods',
  'balancesummary',
  'usagedetails',
  'marketplacecharges',
] as const

let stack: Stack
let test: MemoryArchive

beforeAll(async () => {
  stack = await startStack()
})
afterAll(() => stack.close())
beforeEach(async () => {
  test = await freshInMemory(stack, { simulator: { day: DAY, months: 3, rowsPerDay: 3 } })
})
afterEach(() => test.close())

/** April, settled and as a whole, and before that `byDays` by day, of a bill that may contradict itself. */
async function reconcile(
  mismatch: Mismatch | null,
  byDays: readonly DatasetName[] = [],
): Promise<Reconciliation | undefined> {
  test.simulator.setFaults(mismatch === null ? [] : [plant(mismatch)])
  if (byDays.length > 0) await test.run(DAY, ['billingperiods', ...byDays])
  await test.runOn(test.host(SETTLED), DAY, RECONCILED)
  const done = await reconcileAll(test.deps.archive, AbortSignal.timeout(60_000))
  return done.find(({ billingPeriod }) => billingPeriod === '201704')
}

const broken = (found: Reconciliation | undefined): string[] =>
  (found?.relations ?? []).filter(({ agrees }) => !agrees).map(({ relation }) => relation)

const warned = (event: string): boolean => test.lines.some((line) => line.includes(`"${event}"`))

describe('a settled period', () => {
  it('without contradictions says so exactly, and is not read again while it is unchanged', async () => {
    const found = await reconcile(null, ['usagedetails', 'marketplacecharges'])
    expect(found).toMatchObject({ settled: true, currency: 'EUR' })
    expect(found?.relations).toHaveLength(4)
    expect(broken(found)).toEqual([])
    // Costs are not rounded, but balances are: the difference is shown to the last digit.
    expect(found?.relations[0]?.difference).toMatch(/^-?0\.00\d{5,}$/)
    expect(
      found?.days.map(({ dataset, onlyInDays, onlyInWhole }) => {
        return { dataset, onlyInDays, onlyInWhole }
      }),
    ).toEqual([
      // A charge of March, billed in April, which no day of April contains; and one of April, billed in May.
      { dataset: 'usagedetails', onlyInDays: 1, onlyInWhole: 1 },
      { dataset: 'marketplacecharges', onlyInDays: 0, onlyInWhole: 0 },
    ])
    expect(warned('reconcile.differs')).toBe(false)
    const again = await reconcileAll(test.host().archive, AbortSignal.timeout(60_000))
    expect(again.find(({ billingPeriod }) => billingPeriod === '201704')).toEqual(found)
  })

  it.each([
    ['usage-total', 'sum of usage costs = totalUsage'],
    ['billed-separately', 'sum of usage costs billed separately = chargesBilledSeparately'],
    ['marketplace-total', 'sum of Marketplace charges <= azureMarketplaceServiceCharges'],
    ['overage-total', 'serviceOverage + chargesBilledSeparately = totalOverage'],
  ] as const)('with the mismatch %s says which relation is broken', async (mismatch, relation) => {
    expect(broken(await reconcile(mismatch))).toEqual([relation])
    expect(warned('reconcile.differs')).toBe(true)
  })

  it.each(['row-only-in-whole', 'row-only-in-days'] as const)(
    'with the mismatch %s shows which rows only one side has',
    async (mismatch) => {
      const found = await reconcile(mismatch, ['usagedetails'])
      const usage = found?.days.find(({ dataset }) => dataset === 'usagedetails')
      expect(usage?.rowsOfDays).toBe(usage?.rowsOfWhole)
      expect([usage?.onlyInDays, usage?.onlyInWhole]).not.toEqual([1, 1])
      expect(usage?.examples.length).toBeGreaterThan(2)
      // Examples identify a row without naming anyone.
      expect(JSON.stringify(usage?.examples)).not.toContain('@')
      expect(warned('reconcile.days')).toBe(true)
    },
  )
})
