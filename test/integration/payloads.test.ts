/** A sample of what `npm run soak -- --only payloads` tries in full. */
import { describe, expect, it } from 'vitest'
import { payloadCases } from '../../soak/payloads/cases/all.ts'
import { runPayloadCases } from '../../soak/payloads/figures.ts'
import type { PayloadCase } from '../../soak/payloads/payload-case.ts'

/** Every so many cases one; sources that say nothing for long are left to the soak. */
const EVERY = 12
const isQuick = ({ name }: PayloadCase): boolean =>
  !/stops|no answer|than told|does not end/.test(name)
const sample = payloadCases.filter(isQuick).filter((_, i) => i % EVERY === 0)

describe('an odd answer of a source', () => {
  it('has a case of its own, each with a name', () => {
    expect(new Set(payloadCases.map(({ name }) => name)).size).toBe(payloadCases.length)
    expect(sample.length).toBeGreaterThan(50)
  })

  it('is archived exactly or refused by name, and harms nobody else', async () => {
    expect(await runPayloadCases(sample, () => {})).toEqual([])
  })

  it('is judged by checks that can fail', async () => {
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
