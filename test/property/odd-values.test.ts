/**
 * Values that can't be summed: all rows are kept, all other values are summed, and each odd value is
 * reported.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addOdd, leftOutOf, type OddTally, oddWords } from '../../shared/rows/batch/odd-values.ts'
import { rowBuffers } from '../../shared/rows/batch/row-buffers.ts'
import { addSum, decimalSum, formatSum } from '../../shared/rows/decimal/decimal.ts'
import { jsonReader } from '../../shared/rows/json/read-json.ts'
import { rowLayout } from '../../shared/rows/row-layout.ts'
import { NumberText, parseExactly } from '../../testing/oracles/json-oracle.ts'

const layout = rowLayout([
  { name: 'cost', decimal: true, aliases: ['Cost'] },
  { name: 'quantity', decimal: true },
  { name: 'note' },
])

const digits = fc.string({ unit: fc.constantFrom('0', '9', '5'), minLength: 1, maxLength: 110 })
const amount = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: -9_999, max: 9_999 }).map((n) => `${n}.25`) },
  {
    weight: 2,
    arbitrary: fc.constantFrom('4.9E-324', '1E400', '1e99', '1e-99', '9e99', '1E-100', '-1e100'),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(digits, digits, fc.integer({ min: -130, max: 130 })).map(
      // Preceded by a digit, because JSON has no leading zeros.
      ([whole, fraction, exponent]) => `1${whole}.${fraction}e${exponent}`,
    ),
  },
  { weight: 1, arbitrary: fc.constantFrom('1e999999999', '1e-999999999999999999999', '0e999999') },
  { weight: 1, arbitrary: fc.constantFrom('null', '"12"', 'true', '[1]', '""') },
)

const row = fc
  .tuple(amount, amount, fc.constantFrom('cost', 'Cost'), fc.constantFrom('', ' '))
  .map(([cost, quantity, name, gap]) => `{"${name}":${gap}${cost},"quantity":${quantity}}`)

const runs = Number(process.env['PROPERTY_RUNS'] ?? 600)

/**
 * Mantissa and number of digits after the point, without trailing zeros; null if it needs over 100 digits.
 */
function plainOf(text: string): { mantissa: bigint; scale: number } | null {
  const [number = '', exponent = '0'] = text.toLowerCase().split('e')
  const [whole = '', fraction = ''] = number.split('.')
  let significant = whole.replace('-', '') + fraction
  if (/^0*$/.test(significant)) return { mantissa: 0n, scale: 0 }
  let scale = fraction.length - Number(exponent)
  while (significant.endsWith('0')) {
    significant = significant.slice(0, -1)
    scale--
  }
  if (Math.abs(scale) > 300) return null
  const mantissa = BigInt((number.startsWith('-') ? '-' : '') + significant)
  const size = (mantissa < 0n ? -mantissa : mantissa) * 10n ** BigInt(Math.max(-scale, 0))
  const shown = size.toString().padStart(Math.max(scale, 0) + 1, '0')
  return shown.length > 100 ? null : { mantissa, scale }
}

/** In units of 10^-200. */
function unitsOf({ mantissa, scale }: { mantissa: bigint; scale: number }): bigint {
  return mantissa * 10n ** BigInt(200 - scale)
}

function textOf(units: bigint): string {
  const shown = (units < 0n ? -units : units).toString().padStart(201, '0')
  const fraction = shown.slice(-200).replace(/0+$/, '')
  return `${units < 0n ? '-' : ''}${shown.slice(0, -200)}${fraction === '' ? '' : `.${fraction}`}`
}

function expected(rows: readonly string[], names: readonly string[]) {
  let units = 0n
  const rowsOf = { 'too-long': [] as number[], 'no-number': [] as number[] }
  rows.forEach((text, i) => {
    const fields = parseExactly(text) as Record<string, unknown>
    const value = names.map((name) => fields[name]).find((found) => found !== undefined)
    if (value === null) return
    const plain = value instanceof NumberText ? plainOf(value.text) : null
    if (plain !== null) units += unitsOf(plain)
    else rowsOf[value instanceof NumberText ? 'too-long' : 'no-number'].push(i + 1)
  })
  return { total: textOf(units), rowsOf }
}

/** Reused as in production: allocating them takes most of the time of a small body. */
const buffers = rowBuffers()

/** Reads rows in batches that end at `cuts`. */
function read(rows: readonly string[], cuts: readonly number[]) {
  const bytes = Buffer.from(`[${rows.join(',')}]`)
  const reader = jsonReader('list', layout, buffers)
  const sums = layout.decimalColumns.map(decimalSum)
  const odd: OddTally = new Map()
  const lines: string[] = []
  let count = 0
  const take = (): void => {
    const batch = reader.take()
    if (batch === null) return
    lines.push(...Buffer.from(batch.lines).toString().trimEnd().split('\n'))
    addOdd(odd, batch.odd, count)
    batch.sums.forEach((sum, i) => {
      addSum(sums[i] as (typeof sums)[number], sum)
    })
    count += batch.rows
  }
  let from = 0
  for (const to of [...cuts.map((cut) => cut % bytes.length), bytes.length].sort((a, b) => a - b)) {
    reader.push(bytes.subarray(from, to))
    take()
    from = to
  }
  reader.end()
  take()
  return { lines, totals: sums.map(formatSum), odd: [...odd.values()] }
}

describe('values that are too long to be summed, or are not numbers', () => {
  it('are kept as sent, left out of exact totals, and reported by column and row', () => {
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1, maxLength: 40 }),
        fc.array(fc.nat(5_000), { maxLength: 4 }),
        (rows, cuts) => {
          const { lines, totals, odd } = read(rows, cuts)
          expect(lines).toEqual(rows.map((text) => text.replace(': ', ':')))
          const columns = { cost: ['cost', 'Cost'], quantity: ['quantity'] }
          Object.entries(columns).forEach(([column, names], i) => {
            const { total, rowsOf } = expected(rows, names)
            expect(totals[i]).toBe(total)
            for (const [what, of] of Object.entries(rowsOf)) {
              const told = odd.find((each) => each.column === column && each.what === what)
              expect(told?.count ?? 0).toBe(of.length)
              expect(told?.rows ?? []).toEqual(of.slice(0, 3))
            }
            const left = Object.values(rowsOf).reduce((sum, of) => sum + of.length, 0)
            expect(leftOutOf(odd)[column] ?? 0).toBe(left)
          })
        },
      ),
      { numRuns: runs },
    )
  })

  it('are reported in a short text', () => {
    const rows = Array.from({ length: 50 }, (_, i) => `{"cost":${i % 2 === 0 ? '1' : '1E400'}}`)
    expect(oddWords(read(rows, []).odd)).toEqual([
      'cost is too long to be summed in 25 rows: 2, 4, 6, …',
    ])
    expect(oddWords(read(['{"quantity":"2"}'], []).odd)).toEqual([
      'quantity is not a number and not summed in 1 row: 1',
    ])
  })
})
