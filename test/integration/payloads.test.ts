/** A sample of `npm run soak -- --only payloads`. */
import { describe, expect, it } from 'vitest'
import { payloadCases } from '../../soak/payloads/cases/all.ts'
import { runPayloadCases } from '../../soak/payloads/figures.ts'
import type { PayloadCase } from '../../soak/payloads/payload-case.ts'

/** One in this many cases; slow sources are left to the soak. */
const EVERY = 16
const OFFSET = Math.floor(Math.random() * EVERY)
const isQuick = ({ name }: PayloadCase): boolean =>
  !/stops|no answer|than told|does not end/.test(name)
const sample = payloadCases.filter(isQuick).filter((_, i) => i % EVERY === OFFSET)

describe('an odd answer of a source', () => {
  it('has its own case, with a unique name', () => {
    expect(new Set(payloadCases.map(({ name }) => name)).size).toBe(payloadCases.length)
    expect(sample.length).toBeGreaterThan(35)
  })

  it('is archived exactly or rejected by name, without affecting others', async () => {
    expect(await runPayloadCases(sample, () => {})).toEqual([])
  })

  it('is checked by checks that can fail', async () => {
    const sound = payloadCases.find(({ name }) => name === 'a link that is a path') as PayloadCase
    const wrongly = [
      { ...sound, expected: { kind: 'archived' as const, rows: ['{"cost":1}'] } },
      { ...sound, expected: { kind: 'archived' as const, rows: null } },
      { ...sound, expected: { kind: 'refused' as const, codes: ['SOURCE_CHANGED' as const] } },
      { ...sound, expected: { ...sound.expected, requestsAtMost: 2 } },
      { ...sound, isSecond: true, expected: { kind: 'archived' as const, rows: null } },
    ]
    expect(await runPayloadCases([sound], () => {})).toEqual([])
    expect(await runPayloadCases(wrongly, () => {})).toHaveLength(wrongly.length)
  })
})
