/** JSON bodies as sources send them, or might. */
import fc from 'fast-check'

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

/** Rows, and the fields beside them. */
export const envelope = fc
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

/** Rows alone. */
export const array = fc.tuple(rows, space).map(([items, gap]) => ({
  items,
  text: `${gap}[${gap}${items.join(`${gap},${gap}`)}${gap}]${gap}`,
}))

/**
 * Rows as a source sends them: keys in one order, no white space. Occasionally one is different, or longer
 * than a frame.
 */
export const alike = fc
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
