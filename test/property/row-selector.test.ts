/** Selecting rows from a block's bytes, compared with a selection on parsed values. */

import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sumTexts } from '../../shared/rows/decimal/decimal.ts'
import { rowLayout } from '../../shared/rows/row-layout.ts'
import { NumberText, parseExactly, stringifyExactly } from '../../shared/rows/scan/exact-json.ts'
import { type Condition, OPERATORS } from '../../shared/rows/select/condition.ts'
import { groupSums } from '../../shared/rows/select/group-sums.ts'
import { ALL_ROWS, type RowSelection, rowSelector } from '../../shared/rows/select/row-selector.ts'

const RUNS = Number(process.env['PROPERTY_RUNS'] ?? 300)

const layout = rowLayout([
  { name: 'name' },
  { name: 'date', usageDate: true },
  { name: 'cost', kind: 'number', decimal: true },
  { name: 'flag', kind: 'boolean' },
])
const NAMES = ['name', 'date', 'cost', 'flag']

type Row = Record<string, unknown>

const number = fc
  .tuple(fc.integer({ min: -999, max: 999 }), fc.constantFrom('', '.0', '.50', '.1', 'E-2', 'e1'))
  .map(([whole, rest]) => new NumberText(`${whole}${rest}`))
const day = fc.integer({ min: 1, max: 9 }).map((n) => `2017-04-0${n}`)
const row: fc.Arbitrary<Row> = fc.record(
  {
    name: fc.option(fc.oneof(fc.constantFrom('a', 'b', ''), fc.string({ unit: 'grapheme' }))),
    date: day.map((text) => `${text}T00:00:00`),
    cost: fc.option(number),
    flag: fc.option(fc.boolean()),
    other: fc.string(),
  },
  { requiredKeys: ['date'] },
)
const ranges = fc.constantFrom(...OPERATORS)
const equality = fc.constantFrom('=' as const, '!=' as const)
const on = (column: string, operator: fc.Arbitrary<Condition['operator']>, ...values: string[]) =>
  fc.record({ column: fc.constant(column), operator, value: fc.constantFrom(...values) })
const condition: fc.Arbitrary<Condition> = fc.oneof(
  on('name', ranges, '', 'a', 'true', '10', '0.1', '2017-04-05'),
  on('cost', ranges, '10', '-3.50', '0.1', '1000', '+1', '.5', '1e-05', '5.'),
  on('flag', equality, '', 'true', 'FALSE'),
  on('cost', equality, ''),
  on('date', equality, ''),
  fc.record({ column: fc.constant('date'), operator: ranges, value: day }),
)
const selection: fc.Arbitrary<RowSelection> = fc.record({
  dates: fc.option(fc.tuple(day, day).map(([first, last]) => ({ first, last }))),
  where: fc.array(condition, { maxLength: 3 }),
  dropFields: fc.subarray(['name', 'flag']).map((names) => new Set(names)),
  rename: fc.constantFrom(new Map<string, string>(), new Map([['cost', 'Cost']])),
  select: fc.option(fc.shuffledSubarray(NAMES, { minLength: 1 })),
})

const textOf = (rows: readonly Row[]): Buffer => Buffer.from(rows.map(stringifyExactly).join('\n,'))

/** The same conditions on parsed values. */
function fits(given: Row, { dates, where }: RowSelection): boolean {
  const date = String(given['date']).slice(0, 10)
  if (dates !== null && (date < dates.first || date > dates.last)) return false
  return where.every(({ column, operator, value }) => {
    const found = given[column] ?? null
    if (value === '' && (operator === '=' || operator === '!=')) {
      return (found === null || found === '') === (operator === '=')
    }
    if (found === null) return operator === '!='
    if (column === 'cost') return holds(operator, inUnits(found) - inUnits(value))
    const text =
      column === 'date' ? date : typeof found === 'string' ? found : JSON.stringify(found)
    const wanted = column === 'flag' ? value.toLowerCase() : value
    return holds(operator, text === wanted ? 0 : text < wanted ? -1 : 1)
  })
}

/** As a whole number of hundred-thousandths: costs and values here have no smaller digits. */
function inUnits(value: unknown): number {
  const text = value instanceof NumberText ? value.text : String(value)
  return Math.round(Number(text) * 100_000)
}

function holds(operator: string, order: number): boolean {
  if (operator === '=') return order === 0
  if (operator === '!=') return order !== 0
  return operator.startsWith('<')
    ? order < 0 || (operator === '<=' && order === 0)
    : order > 0 || (operator === '>=' && order === 0)
}

function shaped(given: Row, { select, dropFields, rename }: RowSelection): string {
  const names = select ?? Object.keys(given).filter((name) => !dropFields.has(name))
  const members = names
    .filter((name) => name in given)
    .map((name) => [select === null ? (rename.get(name) ?? name) : name, given[name]] as const)
  return stringifyExactly(Object.fromEntries(members))
}

describe('rows that are selected from bytes', () => {
  it('are those that parsing would select, with every digit', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 20 }), selection, (rows, wanted) => {
        const expected = rows
          .filter((each) => fits(each, wanted))
          .map((each) => shaped(each, wanted))
        const { text, rows: count } = rowSelector(layout, wanted, 'ndjson').take(textOf(rows))
        expect(text.toString().split('\n').slice(0, -1)).toEqual(expected)
        expect(count).toBe(expected.length)
        const json = rowSelector(layout, wanted, 'json').take(textOf(rows)).text.toString()
        expect(stringifyExactly(parseExactly(`[${json}]`))).toBe(`[${expected.join(',')}]`)
      }),
      { numRuns: RUNS },
    )
  })

  it('are the same, however they are divided into pages', () => {
    fc.assert(
      fc.property(
        fc.array(row, { maxLength: 20 }),
        selection,
        fc.integer({ min: 1, max: 6 }),
        (rows, wanted, limit) => {
          const selector = rowSelector(layout, wanted, 'ndjson')
          const text = textOf(rows)
          const pages: string[] = []
          for (let from: number | null = 0; from !== null; ) {
            const page = selector.take(text, from, limit)
            expect(page.rows).toBeLessThanOrEqual(limit)
            pages.push(page.text.toString())
            from = page.next
          }
          expect(pages.join('')).toBe(selector.take(text).text.toString())
        },
      ),
      { numRuns: RUNS },
    )
  })

  it('can be read back from CSV by an independent reader', () => {
    const columns = fc.shuffledSubarray(NAMES, { minLength: 1 })
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 10 }), columns, (rows, select) => {
        const selector = rowSelector(layout, { ...ALL_ROWS, select }, 'csv')
        const csv = Buffer.concat([selector.header, selector.take(textOf(rows)).text]).toString()
        const [header, ...records]: string[][] = parse(csv, { relax_column_count: false })
        expect(header).toEqual(select)
        expect(records).toEqual(
          rows.map((each) =>
            select.map((name) => {
              const value = each[name] ?? null
              if (value === null) return ''
              return typeof value === 'string' ? value : stringifyExactly(value)
            }),
          ),
        )
      }),
      { numRuns: RUNS },
    )
  })
})

describe('sums by groups', () => {
  it('are exact, and together what all rows sum to', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 30 }), (rows) => {
        const sums = groupSums(layout, { groupBy: ['name'], sum: ['cost'], where: [] })
        sums.add(textOf(rows), [])
        const groups = sums.groups()
        const costs = (name: string | null): string[] =>
          rows
            .filter((each) => name === null || (each['name'] ?? '') === name)
            .flatMap(({ cost }) => (cost instanceof NumberText ? [cost.text] : []))
        for (const { key, totals } of groups) {
          expect(totals[0]).toBe(sumTexts(costs(key[0] ?? '')))
        }
        expect(sumTexts(groups.map(({ totals }) => totals[0] ?? ''))).toBe(sumTexts(costs(null)))
        expect(groups.reduce((sum, group) => sum + group.rows, 0)).toBe(rows.length)
      }),
      { numRuns: RUNS },
    )
  })
})
