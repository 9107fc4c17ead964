import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parquetColumns } from '../../../shared/outputs/parquet/columns.ts'
import { encoderKernel } from '../../../shared/outputs/parquet/encoder-kernel.ts'
import {
  type EncodedGroup,
  rowGroupEncoder,
} from '../../../shared/outputs/parquet/row-group-encoder.ts'
import { jsonReader } from '../../../shared/rows/json/read-json.ts'
import { csvColumnNames, rowLayout } from '../../../shared/rows/row-layout.ts'
import { parseExactly } from '../../../testing/oracles/json-oracle.ts'
import { cellsOf } from '../../../testing/oracles/parquet-oracle.ts'
import { parquetFile } from '../../../testing/parquet/parquet-file.ts'
import { readParquet } from '../../../testing/parquet/read-parquet.ts'

const definitions = [
  { name: 'id' },
  { name: 'cost', decimal: true },
  { name: 'price', rate: true },
  { name: 'date', usageDate: true },
  { name: 'flag', kind: 'boolean' },
  { name: 'tags', kind: 'any' },
  { name: 'later', decimal: true, since: 2 },
] as const
const known = ['id', 'cost', 'price', 'date', 'flag', 'tags']
const layout = rowLayout(definitions)
const columns = parquetColumns({ definitions, names: csvColumnNames(definitions) })
const kernel = encoderKernel()

const digits = (maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789005'.split('')), minLength: 1, maxLength })

const number = fc.oneof(
  fc.integer().map(String),
  fc
    .tuple(
      fc.boolean(),
      digits(24),
      fc.option(digits(30)),
      fc.option(fc.integer({ min: -45, max: 45 })),
    )
    .map(([isNegative, whole, fraction, exponent]) => {
      const first = whole.replace(/^0+(?=\d)/, '')
      const rest = fraction === null ? '' : `.${fraction}`
      return `${isNegative ? '-' : ''}${first}${rest}${exponent === null ? '' : `e${exponent}`}`
    }),
  // Halves, and all nines: what rounds up may need another digit.
  fc
    .tuple(fc.integer({ min: 0, max: 30 }), fc.constantFrom('5', '50', '500', '51', '4999', '9'))
    .map(([zeros, end]) => `${zeros % 2}.${'0'.repeat(zeros)}${end}`),
  fc.integer({ min: 15, max: 45 }).map((length) => `0.${'9'.repeat(length)}`),
  fc.integer({ min: 15, max: 25 }).map((length) => `${'9'.repeat(length)}.${'9'.repeat(length)}`),
  fc.constantFrom(
    '-0',
    '0.000',
    '1e400',
    '1E-400',
    '0e99999999999',
    '1e99999999999',
    '1e-99999999999',
    '1E-06',
  ),
)

const time = fc.constantFrom(
  '',
  'T00:00:00',
  ' 00:00:00',
  'T00:00:00Z',
  'T00:00:00.000Z',
  'T00:00:00.',
  'T00:00:00.1',
  'T10:00:00',
  'T00:00',
  'x',
  ' 12:00:00 AM',
  ' 12:00:00 PM',
  ' 0:00:00',
  ' 0:00:01',
)
const dateText = fc
  .tuple(
    fc.integer({ min: 0, max: 2_100 }),
    fc.integer({ min: 0, max: 13 }),
    fc.integer({ min: 0, max: 32 }),
    fc.boolean(),
    time,
  )
  .map(([year, month, day, isIso, rest]) => {
    const [yyyy, mm, dd] = [String(year).padStart(4, '0'), ...[month, day].map(padded)]
    return isIso ? `${yyyy}-${mm}-${dd}${rest}` : `${month}/${day}/${yyyy}${rest}`
  })

function padded(value: number): string {
  return String(value).padStart(2, '0')
}

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom(
    '',
    'a,b',
    '"',
    '""',
    'x"y',
    '\r\n',
    '😀™',
    '\u0000\u001f',
    'true',
    '1.5',
    'abc'.repeat(40),
  ),
  dateText,
)
const json = fc.oneof(
  { weight: 4, arbitrary: number },
  { weight: 4, arbitrary: text.map((value) => JSON.stringify(value)) },
  { weight: 2, arbitrary: fc.constantFrom('true', 'false', 'null') },
  { weight: 1, arbitrary: fc.constantFrom('{"a":[1.50,"x"]}', '[]', '{"b":"\\"é,"}') },
)
const member = fc
  .tuple(fc.constantFrom(...known, 'later', 'new'), json)
  .map(([name, value]) => ({ name, value }))
const row = fc
  .uniqueArray(member, { selector: ({ name }) => name, maxLength: 8 })
  .map((members) => `{${members.map(({ name, value }) => `"${name}":${value}`).join(',')}}`)
const typedRow = fc
  .tuple(number, number, dateText, fc.boolean())
  .map(
    ([cost, price, date, flag]) =>
      `{"id":"1","cost":${cost},"price":${price},"date":${JSON.stringify(date)},"flag":${flag},"tags":null}`,
  )
const rows = fc.array(fc.oneof(row, typedRow), { minLength: 1, maxLength: 20 })

/** The rows as CSV records. */
function csvOf(texts: readonly string[]): Buffer {
  const reader = jsonReader('list', layout)
  reader.push(Buffer.from(`[${texts.join(',')}]`))
  reader.end()
  return Buffer.from(reader.take()?.csv ?? [])
}

/** The row, with the fields that the first catalogue did not know in `otherFields`. */
function withOthers(line: string): Record<string, unknown> {
  const parsed = parseExactly(line) as Record<string, unknown>
  const others = Object.entries(parsed).filter(([name]) => !known.includes(name))
  return others.length === 0 ? parsed : { ...parsed, otherFields: Object.fromEntries(others) }
}

function encode(pieces: readonly Uint8Array[]): EncodedGroup[] {
  const encoder = rowGroupEncoder(kernel, columns)
  const groups = pieces.flatMap((piece) => encoder.add(piece))
  const last = encoder.endGroup()
  return last === null ? groups : [...groups, last]
}

const RUNS = Number(process.env['PROPERTY_RUNS'] ?? 300)

describe('a Parquet file', () => {
  it('has the cells of the JSON rows', async () => {
    await fc.assert(
      fc.asyncProperty(rows, async (texts) => {
        const file = parquetFile(columns, encode([csvOf(texts)]))
        const expected = texts.map((line) => cellsOf(withOthers(line), columns.slice(0, -1)))
        expect(await readParquet(file)).toEqual(expected)
      }),
      { numRuns: RUNS },
    )
  })

  it('has the same bytes wherever the CSV is cut', () => {
    fc.assert(
      fc.property(rows, fc.array(fc.nat(2_000), { maxLength: 4 }), (texts, cuts) => {
        const csv = csvOf(texts)
        const places = [0, ...cuts.map((cut) => Math.min(cut, csv.length)), csv.length]
        places.sort((a, b) => a - b)
        const pieces = places.slice(1).map((end, i) => csv.subarray(places[i], end))
        expect(encode(pieces)).toEqual(encode([csv]))
      }),
      { numRuns: RUNS },
    )
  })
})
