/** A sample of the fault matrix of `npm run soak -- --only fault`. */
import { describe, expect, it } from 'vitest'
import { faultCases } from '../../soak/faults/cases.ts'
import { runFaultCases } from '../../soak/faults/run-cases.ts'

const EVERY = 67

describe('a fault at any moment of archiving any dataset', () => {
  it('ends with the right archive or a named failure, and never with partial data', async () => {
    expect(faultCases.length).toBeGreaterThanOrEqual(500)
    const offset = Math.floor(Math.random() * EVERY)
    const sample = faultCases.filter((_, i) => i % EVERY === offset)
    const outcomes: (readonly string[])[] = []
    await runFaultCases(sample, (found) => outcomes.push(found))
    expect(outcomes.flat()).toEqual([])
    expect(outcomes).toHaveLength(sample.length)
  })
})
