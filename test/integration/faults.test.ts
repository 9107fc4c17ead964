/** A sample of the fault matrix that `npm run soak -- --only fault` runs whole. */
import { describe, expect, it } from 'vitest'
import { faultCases } from '../../soak/faults/cases.ts'
import { runFaultCases } from '../../soak/faults/run-cases.ts'

const EVERY = 67

describe('a fault at any moment of archiving any dataset', () => {
  it('ends in the right archive or in a named failure, with nothing half visible', async () => {
    expect(faultCases.length).toBeGreaterThanOrEqual(500)
    const offset = Math.floor(Math.random() * EVERY)
    const sample = faultCases.filter((_, i) => i % EVERY === offset)
    const outcomes: (readonly string[])[] = []
    await runFaultCases(sample, (found) => outcomes.push(found))
    expect(outcomes.flat()).toEqual([])
    expect(outcomes).toHaveLength(sample.length)
  })
})
