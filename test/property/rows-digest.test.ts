/** The digest of rows in any order, and their division by day, compared with simple code on strings. */
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dayCutter } from '../../shared/rows/blocks/cut-by-day.ts'
import { rowsDigest, sumRowsDigests } from '../../shared/rows/blocks/rows-digest.ts'
import { jsonReader } from '../../shared/rows/json/read-json.ts'
import { rowLayout } from '../../shared/rows/row-layout.ts'

const layout = rowLayout([{ name: 'date', usageDate: true }, { name: 'text' }])
const RUNS = Number(process.env['PROPERTY_RUNS'] ?? 100)

const TWO_256 = 1n << 256n

/** The definition of the archive format, computed with BigInts. */
function expectedDigest(lines: readonly string[]): string {
  const sum = lines.reduce(
    (total, line) => total + BigInt(`0x${createHash('sha256').update(line).digest('hex')}`),
    0n,
  )
  return (sum % TWO_256).toString(16).padStart(64, '0')
}

/** Batches with these rows. */
function batchOf(lines: readonly string[]) {
  const reader = jsonReader('list', layout)
  reader.push(Buffer.from(`[${lines.join(',')}]`))
  reader.end()
  return reader.take()
}

const date = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .integer({ min: 1, max: 30 })
      .map((day) => `2017-04-${String(day).padStart(2, '0')}T00:00:00`),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '4/9/2017',
      '2017-03-31',
      '2017-05-01',
      '2017-04-31',
      'soon',
      '',
      null,
    ),
  },
)
const row = fc
  .record(
    { date, text: fc.oneof(fc.string(), fc.constantFrom('"', '\r\n', 'a"\n"b', ',', null)) },
    { requiredKeys: ['text'] },
  )
  .map((each) => JSON.stringify(each))
const batches = fc.array(fc.array(row, { maxLength: 40 }), { maxLength: 4 })

/** The day of a row, as defined by the format. */
function dayOf(line: string): number {
  const { date: text } = JSON.parse(line) as { date?: string | null }
  if (text === '4/9/2017') return 20170409
  const [, day] = /^2017-04-(\d\d)/.exec(text ?? '') ?? []
  return day === undefined || Number(day) > 30 ? 0 : 20170400 + Number(day)
}

describe('the digest of rows', () => {
  it('is the sum of their SHA-256 modulo 2^256, in any order and batches', () => {
    fc.assert(
      fc.property(batches, fc.func(fc.nat()), (groups, order) => {
        const all = groups.flat()
        const shuffled = all.map((line, i) => ({ line, at: order(i) })).sort((a, b) => a.at - b.at)
        const [digest, other] = [rowsDigest(), rowsDigest()]
        for (const group of groups) {
          const batch = batchOf(group)
          if (batch !== null) digest.add(batch)
        }
        const again = batchOf(shuffled.map(({ line }) => line))
        if (again !== null) other.add(again)
        expect(digest.hex()).toBe(expectedDigest(all))
        expect(other.hex()).toBe(digest.hex())
        expect(digest.hex()).toBe(digest.hex())
        expect(sumRowsDigests(groups.map(expectedDigest))).toBe(digest.hex())
      }),
      { numRuns: RUNS },
    )
  })

  it('distinguishes one row from two equal ones', () => {
    expect(expectedDigest(['{}'])).not.toBe(expectedDigest(['{}', '{}']))
    const digest = rowsDigest()
    expect(digest.hex()).toBe('0'.repeat(64))
    const batch = batchOf(['{"text":"a"}', '{"text":"a"}'])
    if (batch !== null) digest.add(batch)
    expect(digest.hex()).toBe(expectedDigest(['{"text":"a"}', '{"text":"a"}']))
  })
})

describe('cutting by day', () => {
  it('assigns every row to its day once, as JSON and CSV, in the original order', () => {
    fc.assert(
      fc.property(batches, (groups) => {
        const cutter = dayCutter(201704)
        const found = new Map<
          number,
          { lines: string; csv: string; rows: number; dates: number[] }
        >()
        for (const group of groups) {
          const batch = batchOf(group)
          if (batch === null) continue
          for (const { day, rows } of cutter.cut(batch)) {
            const own = found.get(day) ?? { lines: '', csv: '', rows: 0, dates: [] }
            expect(rows.lineEnds).toHaveLength(rows.rows)
            expect(rows.lineEnds.at(-1)).toBe(rows.lines.length)
            found.set(day, {
              lines: own.lines + Buffer.from(rows.lines).toString(),
              csv: own.csv + Buffer.from(rows.csv).toString(),
              rows: own.rows + rows.rows,
              dates: [...own.dates, ...rows.dates],
            })
          }
        }
        const all = groups.flat()
        for (const [day, own] of found) {
          const expected = all.filter((line) => dayOf(line) === day)
          expect(own.lines).toBe(expected.map((line) => `${line}\n`).join(''))
          // Each row's CSV by itself.
          const alone = expected.map((line) => Buffer.from(batchOf([line])?.csv ?? []).toString())
          expect(own.csv).toBe(alone.join(''))
          expect(own.dates.every((each) => day === 0 || each === day)).toBe(true)
        }
        expect([...found.values()].reduce((sum, { rows }) => sum + rows, 0)).toBe(all.length)
      }),
      { numRuns: RUNS },
    )
  })

  it('assigns all rows to one slice if the period is not a month', () => {
    const batch = batchOf(['{"date":"2017-04-01"}', '{"date":"soon"}', '{"text":"a"}'])
    const cuts = batch === null ? [] : [...dayCutter(-1).cut(batch)]
    expect(cuts.map(({ day, rows }) => [day, rows.rows])).toEqual([[0, 3]])
  })
})
