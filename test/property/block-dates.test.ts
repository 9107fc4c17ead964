/** The date range in a block's index entry must cover all of its rows. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { indexDate } from '../../shared/format/part-index.ts'
import { addOdd, type OddTally } from '../../shared/rows/batch/odd-values.ts'
import { rowBuffers } from '../../shared/rows/batch/row-buffers.ts'
import { type Block, blockSplitter } from '../../shared/rows/blocks/blocks.ts'
import { textPool } from '../../shared/rows/bytes/text-pool.ts'
import { jsonReader } from '../../shared/rows/json/read-json.ts'
import { rowLayout } from '../../shared/rows/row-layout.ts'

const layout = rowLayout([
  { name: 'id' },
  { name: 'date', usageDate: true },
  { name: 'cost', decimal: true },
])

const pad = (n: number): string => String(n).padStart(2, '0')

/** A date's JSON text, and its day: `none` if it names no day, null if there is no date. */
interface Sample {
  readonly text: string | null
  readonly day: string | null
}

const real = fc
  .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  .chain((date) => {
    const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()]
    const years = String(year).padStart(4, '0')
    const iso = `${years}-${pad(month)}-${pad(day)}`
    return fc
      .constantFrom(
        iso,
        `${iso}T00:00:00`,
        `${iso}T23:59:59.9999999+02:00`,
        `${month}/${day}/${years}`,
        `${pad(month)}/${pad(day)}/${years} 00:00:00`,
        `${month}/${day}/${years} 12:00:00 AM`,
        `${pad(month)}\\/${day}\\/${years}`,
      )
      .map((text): Sample => ({ text: `"${text}"`, day: iso }))
  })
const iso = fc
  .tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 28 }))
  .map(([month, day]): Sample => {
    const text = `2017-${pad(month)}-${pad(day)}`
    return { text: `"${text}T00:00:00"`, day: text }
  })
const none = fc
  .constantFrom(
    '"2017-04-31"',
    '"2017-02-29T00:00:00"',
    '"soon"',
    '""',
    '20170401',
    '{}',
    '"4/31/2017"',
  )
  .map((text): Sample => ({ text, day: 'none' }))
const absent = fc.constantFrom<Sample>({ text: null, day: null }, { text: 'null', day: null })

const samples = fc.oneof(
  { weight: 4, arbitrary: fc.array(iso, { minLength: 1, maxLength: 9 }) },
  { weight: 2, arbitrary: fc.array(fc.oneof(iso, real, absent), { minLength: 1, maxLength: 9 }) },
  {
    weight: 2,
    arbitrary: fc.array(fc.oneof(iso, real, absent, none), { minLength: 1, maxLength: 9 }),
  },
  { weight: 1, arbitrary: fc.array(absent, { minLength: 1, maxLength: 3 }) },
)

function rowOf({ text }: Sample, i: number): string {
  return text === null ? `{"id":"${i}","cost":1}` : `{"id":"${i}","date":${text},"cost":1}`
}

/** Reused as in production: allocating them takes most of the time of a small body. */
const buffers = rowBuffers()

function read(rows: readonly string[], cut: number): { blocks: Block[]; odd: OddTally } {
  const bytes = Buffer.from(`[${rows.join(',')}]`)
  const reader = jsonReader('list', layout, buffers)
  const cutter = blockSplitter(textPool())
  const blocks: Block[] = []
  const odd: OddTally = new Map()
  let count = 0
  const take = (): void => {
    const batch = reader.take()
    if (batch === null) return
    addOdd(odd, batch.odd, count)
    count += batch.rows
    blocks.push(...cutter.add(batch))
  }
  reader.push(bytes.subarray(0, cut % bytes.length))
  take()
  reader.push(bytes.subarray(cut % bytes.length))
  reader.end()
  take()
  return { blocks: [...blocks, ...cutter.end()], odd }
}

describe('the dates of a block', () => {
  it('cover the day of every row, in any spelling; null if a row names no day', () => {
    fc.assert(
      fc.property(samples, fc.integer({ min: 1, max: 2_300 }), fc.nat(), (few, count, cut) => {
        const all = Array.from({ length: count }, (_, i) => few[(i * i) % few.length] as Sample)
        const { blocks, odd } = read(all.map(rowOf), cut)
        expect(blocks.map(({ rows }) => rows).reduce((a, b) => a + b, 0)).toBe(count)
        blocks.forEach(({ rows, firstDate, lastDate }, i) => {
          const days = all.slice(i * 1_000, i * 1_000 + rows).flatMap(({ day }) => day ?? [])
          const known = days.includes('none') ? [] : days.sort()
          expect(indexDate(firstDate)).toBe(known[0] ?? null)
          expect(indexDate(lastDate)).toBe(known.at(-1) ?? null)
        })
        const wrong = all.flatMap(({ day }, i) => (day === 'none' ? [i + 1] : []))
        const told = [...odd.values()].find(({ what }) => what === 'no-day')
        expect(told?.count ?? 0).toBe(wrong.length)
        expect(told?.rows ?? []).toEqual(wrong.slice(0, 3))
      }),
      { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 300) },
    )
  })
})
