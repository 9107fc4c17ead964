/** The transition from the days of an open period to the record of a settled one. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Stack, startStack } from '../../testing/stack/archive-stack.ts'
import { freshInMemory, type MemoryArchive } from '../../testing/stack/memory-stack.ts'
import type { StoredArchive, StoredManifest } from '../../testing/stack/read-archive.ts'
import { sourceRows } from '../../testing/stack/source-rows.ts'

const USAGE = ['billingperiods', 'usagedetails'] as const

let stack: Stack
let test: MemoryArchive
let stored: StoredArchive

beforeAll(async () => {
  stack = await startStack()
  const simulator = { day: '2017-06-02', months: 2, rowsPerDay: 20 }
  test = await freshInMemory(stack, { simulator, settings: { SETTLEMENT_DAYS: '2' } })
  stored = test.stored
})
afterAll(async () => {
  await test.close()
  await stack.close()
})

describe('settlement', () => {
  it('replaces the days by the period as a whole, once, and never goes back', async () => {
    await test.run('2017-06-02', USAGE)
    expect((await stored.newest()).get('usagedetails/201705')?.settled).toBe(false)
    test.simulator.setDay('2017-06-03')
    await test.run('2017-06-03', USAGE)
    const settled = (await stored.newest()).get('usagedetails/201705') as StoredManifest
    expect(settled.settled).toBe(true)
    expect(settled.parts.map((part) => part.key)).toEqual(['all'])
    expect(await stored.rows(settled)).toEqual(sourceRows(test.simulator, settled))
    // A charge dated in April and billed in May: no day contains it, but the whole period does.
    expect((await stored.rows(settled)).some((row) => row.includes('"date":"2017-04-30T'))).toBe(
      true,
    )

    await test.run('2017-05-09', USAGE) // a clock that went back
    expect((await stored.newest()).get('usagedetails/201705')).toEqual(settled)
  })
})
