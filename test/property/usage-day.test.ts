import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rowLayout } from '../../shared/rows/row-layout.ts'
import { rowSpans, scanRow } from '../../shared/rows/scan/scan-row.ts'
import { NOT_A_DAY, usageDay, usageDayAt } from '../../shared/rows/scan/usage-day.ts'

function dayOf(text: string): number {
  const bytes = Buffer.from(`x${text}9`) // surrounding bytes must not matter
  return usageDay(bytes, 1, bytes.length - 1)
}

/** The same with JavaScript's calendar, including leap years. */
function oracle(text: string): number {
  const iso = /^(\d{4})-(\d\d)-(\d\d)(?!\d)/.exec(text)
  const slash = /^(\d{1,2})\/(\d{1,2})\/(\d{4})(?: |$)/.exec(text)
  const [year, month, day] = iso
    ? [iso[1], iso[2], iso[3]]
    : slash
      ? [slash[3], slash[1], slash[2]]
      : ['', '', '']
  if (year === '') return 0
  const date = new Date(0)
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day))
  const isReal = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day)
  return isReal ? Number(year) * 10_000 + Number(month) * 100 + Number(day) : 0
}

const layout = rowLayout([{ name: 'date', usageDate: true }])
const spans = rowSpans(layout)

function dayIn(row: string): number {
  const bytes = Buffer.from(row)
  scanRow(bytes, 0, bytes.length, layout, spans)
  return usageDayAt(bytes, spans.values, 0)
}

describe('a usage date', () => {
  it('has its day in ISO, and in .NET notation (invariant culture)', () => {
    for (const text of [
      '2026-09-05',
      '2026-09-05T00:00:00',
      '2026-09-05T23:59:59.9999999Z',
      '2026-09-05 00:00',
      '9/5/2026',
      '09/05/2026',
      '09/05/2026 00:00:00',
      '9/5/2026 12:00:00 AM',
    ]) {
      expect(dayOf(text), text).toBe(20260905)
    }
  })

  it('has no day if the calendar has no such day, or it is not a date', () => {
    for (const text of [
      '2017-04-31',
      '2017-02-29',
      '1900-02-29',
      '2017-00-10',
      '2017-13-01',
      '2017-04-00',
      '2017-04-011',
      '31/12/2017',
      '4/31/2017',
      '4/5/17',
      '4/5/20177',
      '4-5-2017',
      '/4/2017',
      '201704-05',
      '2017-4-5-00',
      'today',
      '',
    ]) {
      expect(dayOf(text), text).toBe(0)
    }
    expect(dayOf('2000-02-29')).toBe(20000229)
  })

  it('is distinguished from a missing date', () => {
    expect(dayIn('{"date":"2026-09-05T00:00:00"}')).toBe(20260905)
    expect(dayIn('{"date":"9\\/5\\/2026"}')).toBe(20260905)
    expect(dayIn('{"date":null}')).toBe(0)
    expect(dayIn('{}')).toBe(0)
    for (const value of ['""', '"soon"', '"a, b"', '"\\u0032"', '20260905', 'true', '{}', '[]']) {
      expect(dayIn(`{"date":${value}}`), value).toBe(NOT_A_DAY)
    }
  })

  it('is read like another reader does, for any text', () => {
    const two = fc.integer({ min: 0, max: 40 }).map((n) => String(n).padStart(2, '0'))
    const few = fc.integer({ min: 0, max: 120 }).map(String)
    const year = fc.oneof(
      fc.integer({ min: 0, max: 9999 }).map((n) => String(n).padStart(4, '0')),
      fc.constantFrom('2000', '1900', '2024', '2023'),
      few,
    )
    const behind = fc.constantFrom('', '', 'T00:00:00', ' 12:00:00 AM', 'Z', '1', '/', '-')
    const iso = fc.tuple(year, two, two, behind).map(([y, m, d, rest]) => `${y}-${m}-${d}${rest}`)
    const part = fc.oneof(two, few)
    const slash = fc
      .tuple(part, part, year, behind)
      .map(([m, d, y, rest]) => `${m}/${d}/${y}${rest}`)
    const noise = fc.string({ unit: fc.constantFrom(...'0123456789/- T'.split('')), maxLength: 12 })
    fc.assert(
      fc.property(fc.oneof(iso, slash, noise), (text) => {
        expect(dayOf(text), text).toBe(oracle(text))
      }),
      { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 3_000) },
    )
  })
})
