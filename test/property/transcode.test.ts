import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RowBatch } from '../../shared/rows/batch/row-batch.ts'
import { rowBuffers } from '../../shared/rows/batch/row-buffers.ts'
import { formatSum } from '../../shared/rows/decimal/decimal.ts'
import { transcoder } from '../../shared/rows/json/read-json.ts'
import { rowLayout } from '../../shared/rows/row-layout.ts'
import {
  cell,
  parseExactly,
  readCsv,
  stringify,
  sumNumbers,
} from '../../testing/oracles/json-oracle.ts'

const layout = rowLayout([
  { name: 'id' },
  { name: 'cost', decimal: true, aliases: ['Cost'] },
  { name: 'date', usageDate: true },
  { name: 'tags' },
  { name: 'flag' },
  { name: 'later', since: 2 },
])
const known = ['id', 'cost', 'date', 'tags', 'flag', 'later']

/** White space between tokens. */
const space = fc.constantFrom('', '', '', ' ', '\n', '\t ', '\r\n')

const number = fc.oneof(
  fc.integer().map(String),
  fc
    .tuple(fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }), fc.integer({ min: 0, max: 9 }))
    .map(([whole, zeros]) => `${whole}.${'0'.repeat(zeros)}5${'0'.repeat(zeros)}`),
  fc
    .tuple(fc.integer({ min: -99, max: 99 }), fc.integer({ min: -15, max: 15 }))
    .map(([mantissa, exponent]) => `${mantissa}${exponent % 2 === 0 ? 'E' : 'e'}${exponent}`),
  fc.constantFrom('0.000416666666666667000', '1E-06', '-3.5', '100.00', '-0', '0.0', '1e+5'),
)

/** A string's JSON text, with unnecessary escapes. */
const string = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 4 }).map((text) => JSON.stringify(text).slice(1, -1)),
      fc.constantFrom(
        '\\u0041',
        '\\ud83d\\ude00',
        '\\/',
        '\\"',
        ',',
        '"'.replace('"', '\\u0022'),
        '😀',
        '™',
        '\\ud800',
        '\\r\\n',
        '\\u0000',
      ),
    ),
    { maxLength: 6 },
  )
  .map((pieces) => `"${pieces.join('')}"`)

const leaf = fc.oneof(number, string, fc.constantFrom('true', 'false', 'null', '""'))

const { value } = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc
      .tuple(fc.array(tie('value'), { maxLength: 3 }), space)
      .map(([items, gap]) => `[${gap}${items.join(`${gap},`)}${gap}]`),
    fc
      .tuple(fc.array(fc.tuple(string, tie('value')), { maxLength: 3 }), space)
      .map(
        ([members, gap]) =>
          `{${gap}${members.map(([key, item]) => `${key}${gap}:${item}`).join(`,${gap}`)}}`,
      ),
  ),
}))

const key = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.constantFrom('"id"', '"cost"', '"date"', '"tags"', '"flag"', '"later"'),
  },
  { weight: 1, arbitrary: fc.constantFrom('"Cost"', '"c\\u006fst"', '"new, field"', '""') },
  { weight: 1, arbitrary: string },
)

const dated = fc.constantFrom(
  '"2018-08-01T00:00:00"',
  '"2018-08-31"',
  '"2017-12-31T00:00:00Z"',
  '"08/01/2018"',
)

/** Names may occur twice, in any spelling: the last one counts. */
const row = fc
  .tuple(fc.array(fc.tuple(key, fc.oneof(value, dated)), { maxLength: 8 }), space)
  .map(
    ([members, gap]) =>
      `{${gap}${members.map(([name, item]) => `${name}${gap}:${gap}${item}`).join(`${gap},${gap}`)}${gap}}`,
  )

const rows = fc.array(row, { maxLength: 6 })

const envelope = fc
  .tuple(rows, space, fc.boolean(), fc.oneof(fc.constant('null'), string))
  .map(([items, gap, first, link]) => {
    const data = `"data"${gap}:${gap}[${gap}${items.join(`${gap},${gap}`)}${gap}]`
    const other = `"id":"x"${gap},${gap}"nextLink":${link}`
    return {
      items,
      text: `${gap}{${gap}${first ? `${data},${other}` : `${other},${data}`}${gap}}${gap}`,
      link,
    }
  })

const array = fc.tuple(rows, space).map(([items, gap]) => ({
  items,
  text: `${gap}[${gap}${items.join(`${gap},${gap}`)}${gap}]${gap}`,
}))

/** Reused as in production: allocating them takes most of the time of a small body. */
const buffers = rowBuffers()

/** Reads `text` cut at `cuts`. */
function read(
  text: string | Uint8Array,
  cuts: readonly number[],
): { batches: RowBatch[]; envelope: Record<string, string> } {
  const bytes = Buffer.from(text as string)
  const reader = transcoder('list', layout, buffers)
  const batches: RowBatch[] = []
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b)
  const take = (): void => {
    const batch = reader.take()
    if (batch !== null) batches.push(copyOf(batch))
  }
  let from = 0
  for (const to of [...places, bytes.length]) {
    // Bytes that the reader no longer needs may change.
    const chunk = Buffer.from(bytes.subarray(from, to))
    reader.push(chunk)
    chunk.fill(0x7e)
    if (to % 3 !== 0) take()
    from = to
  }
  const envelope = reader.end()
  take()
  return { batches, envelope }
}

/** A batch is valid only until its reader is used again. */
function copyOf(batch: RowBatch): RowBatch {
  return { ...batch, lines: Buffer.from(batch.lines), csv: Buffer.from(batch.csv) }
}

function everyByte(text: string): number[] {
  return Array.from({ length: Buffer.byteLength(text) }, (_, i) => i)
}

/** The expected result for rows, by the oracle. */
function expected(items: readonly string[]) {
  const parsed = items.map(membersOf)
  const cost = (item: Members): unknown => lastOf(item, ['cost', 'Cost'])
  const isOther = (name: string): boolean =>
    name === 'later' || !(known.includes(name) || name === 'Cost')
  return {
    records: parsed.map((item) => {
      const others = item.filter(([name]) => isOther(name))
      return [
        cell(lastOf(item, ['id'])),
        cell(cost(item)),
        cell(lastOf(item, ['date'])),
        cell(lastOf(item, ['tags'])),
        cell(lastOf(item, ['flag'])),
        others.length === 0 ? null : Object.fromEntries(others),
        cell(lastOf(item, ['later'])),
      ]
    }),
    sum: sumNumbers(parsed.map(cost)),
    unknown: new Set(parsed.flatMap((item) => item.map(([name]) => name).filter(isOther))),
  }
}

type Members = readonly (readonly [string, unknown])[]

const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s{}[\]:,"]+/g

/** The members of a row in order, including repetitions, which a parsed object does not show. */
function membersOf(item: string): Members {
  const members: [string, string][] = []
  let depth = 0
  let name: string | null = null
  let before = ''
  for (const [token] of item.matchAll(TOKENS)) {
    if (token === '}' || token === ']') depth--
    if (depth === 1 && name === null && token === ':') {
      name = JSON.parse(before) as string
      members.push([name, ''])
    } else if (depth === 1 && token === ',') name = null
    else if (name !== null && depth >= 1) (members.at(-1) as [string, string])[1] += token
    if (token === '{' || token === '[') depth++
    before = token
  }
  return members.map(([key, text]) => [key, parseExactly(text)])
}

function lastOf(item: Members, names: readonly string[]): unknown {
  return item.findLast(([name]) => names.includes(name))?.[1]
}

function check(items: readonly string[], batches: readonly RowBatch[]): void {
  const want = expected(items)
  const lines = Buffer.concat(batches.map((batch) => Buffer.from(batch.lines))).toString()
  expect(lines).toBe(items.map((item) => `${compact(item)}\n`).join(''))

  const csv = Buffer.concat(batches.map((batch) => Buffer.from(batch.csv))).toString()
  // A nested value is its JSON text: compared by meaning here; the text itself is in the lines.
  const records = readCsv(csv).map((record, r) =>
    record.map((field, i) =>
      field !== null && typeof want.records[r]?.[i] === 'object' ? parseExactly(field) : field,
    ),
  )
  expect(records).toEqual(want.records)

  const sums = batches.map((batch) => formatSum(batch.sums[0] as RowBatch['sums'][0]))
  expect(sumNumbers(sums.map((sum) => parseExactly(sum)))).toBe(want.sum)
  expect(new Set(batches.flatMap((batch) => [...batch.unknownFields]))).toEqual(want.unknown)
}

/** The text of valid UTF-8. */
function strictText(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
}

/** The result of `read`; null if it throws. */
function attempt<T>(read: () => T): T | null {
  try {
    return read()
  } catch {
    return null
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Drops white space outside strings; other characters are unchanged. */
function compact(json: string): string {
  return json.replace(
    /("(?:[^"\\]|\\.)*")|[ \n\r\t]+/g,
    (_, text: string | undefined) => text ?? '',
  )
}

/**
 * Rows as a source sends them: keys in one order, no white space. Occasionally one is different, or longer
 * than a frame.
 */
const alike = fc
  .tuple(
    fc.constantFrom(
      ['id', 'cost', 'date', 'tags', 'flag'],
      ['flag', 'tags', 'Cost', 'id'],
      ['id', 'cost', 'later', 'benefit', 'date'],
    ),
    fc.array(
      fc.record({
        values: fc.array(fc.oneof(leaf, leaf, leaf, dated, value), { minLength: 5, maxLength: 5 }),
        odd: fc.option(row, { nil: null, freq: 12 }),
        padding: fc.oneof(
          { weight: 20, arbitrary: fc.nat(40) },
          { weight: 1, arbitrary: fc.constantFrom(5_000, 70_000, 250_000) },
        ),
      }),
      { maxLength: 24 },
    ),
  )
  .map(([keys, records]) => {
    const items = records.map(({ values, odd, padding }) => {
      const padded = `"${'x'.repeat(padding)}"`
      const members = keys.map((name, i) => `"${name}":${name === 'id' ? padded : values[i]}`)
      return odd ?? `{${members.join(',')}}`
    })
    return { items, text: `[${items.join(',')}]` }
  })

const runs = Number(process.env['PROPERTY_RUNS'] ?? 1_000)

describe('reading rows', () => {
  it('gives the same result for an array, however it is cut', () => {
    fc.assert(
      fc.property(array, fc.array(fc.nat(2_000), { maxLength: 8 }), ({ items, text }, cuts) => {
        check(items, read(text, cuts).batches)
      }),
      { numRuns: runs },
    )
  })

  it('gives the same result for similar rows, however they are cut', () => {
    fc.assert(
      fc.property(alike, fc.array(fc.nat(100_000), { maxLength: 4 }), ({ items, text }, cuts) => {
        check(items, read(text, cuts).batches)
      }),
      { numRuns: runs },
    )
  })

  it('accepts nothing in similar rows that another parser rejects', () => {
    fc.assert(
      fc.property(alike, fc.nat(), fc.nat(255), ({ text }, where, byte) => {
        const spoilt = Buffer.from(text)
        const at = where % spoilt.length
        spoilt[at] = byte
        const rows = attempt(() => parseExactly(strictText(spoilt)) as unknown[])
        const isRows = Array.isArray(rows) && rows.every(isObject)
        const given = attempt(() => read(spoilt, []).batches)
        expect(given !== null).toBe(isRows)
        if (given !== null && isRows) {
          expect(given.reduce((sum, batch) => sum + batch.rows, 0)).toBe(rows.length)
        }
      }),
      { numRuns: runs },
    )
  })

  it('gives the same result for chunks of one byte', () => {
    fc.assert(
      fc.property(array, ({ items, text }) => {
        check(items, read(text, everyByte(text)).batches)
      }),
      { numRuns: Math.ceil(runs / 3) },
    )
  })

  it('gives the rows and the fields beside them for an envelope, however it is cut', () => {
    fc.assert(
      fc.property(
        envelope,
        fc.array(fc.nat(2_000), { maxLength: 8 }),
        ({ items, text, link }, cuts) => {
          const { batches, envelope: beside } = read(text, cuts)
          check(items, batches)
          expect(beside).toEqual({ id: '"x"', nextLink: link })
        },
      ),
      { numRuns: runs },
    )
  })

  it('never accepts a truncated body', () => {
    fc.assert(
      fc.property(envelope, fc.nat(5_000), ({ text }, at) => {
        const bytes = Buffer.from(text.trimEnd())
        const cut = bytes.subarray(0, at % bytes.length)
        expect(() => read(cut, [])).toThrow(expect.objectContaining({ name: 'ArchiveError' }))
      }),
      { numRuns: runs },
    )
  })

  it('accepts exactly what another parser accepts', () => {
    fc.assert(
      fc.property(
        array,
        fc.nat(5_000),
        fc.constantFrom(...'{}[]",:0eE.-+\\u \n\ttruenul'.split('')),
        fc.boolean(),
        ({ text }, at, char, replace) => {
          const chars = Array.from(text)
          const place = at % (chars.length + 1)
          chars.splice(place, replace ? 1 : 0, char)
          const spoilt = chars.join('')
          let value: unknown
          try {
            value = JSON.parse(spoilt)
          } catch {
            expect(() => read(spoilt, [at, at * 7])).toThrow(
              expect.objectContaining({ name: 'ArchiveError' }),
            )
            return
          }
          if (!Array.isArray(value) || !value.every(isObject)) return
          const count = read(spoilt, [at]).batches.reduce((sum, batch) => sum + batch.rows, 0)
          expect(count).toBe(value.length)
        },
      ),
      { numRuns: runs },
    )
  })
})

describe('the oracle', () => {
  it('compares numbers by their text', () => {
    expect(stringify(parseExactly('{"a":[1.00,1E-06,"x"]}'))).toBe('{"a":[1.00,1E-06,"x"]}')
  })
})
