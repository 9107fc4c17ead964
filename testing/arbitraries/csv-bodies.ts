/** CSV bodies as sources send them, or might. */
import fc from 'fast-check'

const number = fc.oneof(
  fc.integer().map(String),
  fc
    .tuple(fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }), fc.integer({ min: 0, max: 30 }))
    .map(([whole, zeros]) => `${whole}.${'0'.repeat(zeros)}5`),
  fc.constantFrom('0.000416666666666667000', '1E-06', '-3.5', '100.00', '-0', '0.0', '1e+5'),
  fc.constantFrom(
    '007',
    '+1',
    '.5',
    '1.',
    ' 1',
    '1,000.00',
    '-',
    '1e',
    '0x1f',
    `1e${'9'.repeat(40)}`,
  ),
)

const date = fc.constantFrom(
  '2018-08-01T00:00:00',
  '2018-08-31',
  '2019-07-29 00:00:00',
  '08/01/2018',
  '8/1/2018 12:00:00 AM',
  '12/31/2018',
  '02/29/2018',
  '2018-13-01',
  '2018-08-011',
  'soon',
)

const piece = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.string({ unit: 'binary', maxLength: 6 }).map((s) => s.toWellFormed()),
  },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      '"',
      '""',
      '\\',
      ',',
      '\r\n',
      '\n',
      '\r',
      '\t',
      '\0',
      '😀',
      '™',
      ' ',
      '\u001f',
    ),
  },
  { weight: 2, arbitrary: fc.string({ minLength: 10, maxLength: 40 }) },
  { weight: 1, arbitrary: fc.constantFrom('"env": "prod","cost-center": "0042"', '{"a":1}') },
)
const text = fc.array(piece, { maxLength: 5 }).map((pieces) => pieces.join(''))

const value = fc.oneof(
  { weight: 3, arbitrary: fc.constant('') },
  { weight: 4, arbitrary: text },
  { weight: 4, arbitrary: number },
  { weight: 2, arbitrary: date },
)

/** Names of header columns: other spellings, unknown names, sometimes the same column twice. */
const name = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.constantFrom('id', 'cost', 'date', 'tags', 'accountId', 'later'),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom('ID', 'PreTaxCost', ' Date ', 'Etikett (Tags)', 'LATER'),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom('new', 'another, "quoted"', '', 'Cost (USD)', 'x'.repeat(200)),
  },
  { weight: 1, arbitrary: text },
)

const names = fc.uniqueArray(name, { minLength: 1, maxLength: 8 })

const lineEnd = fc.constantFrom('\n', '\r\n')

/** `always`: quoted even if not necessary. */
function written(field: string, always: boolean): string {
  return always || /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field
}

interface Style {
  readonly mark: boolean
  readonly end: string
  readonly quotes: readonly boolean[]
  readonly blank: readonly number[]
  readonly lastEnd: boolean
}

const style: fc.Arbitrary<Style> = fc.record({
  mark: fc.boolean(),
  end: lineEnd,
  quotes: fc.oneof(
    fc.constant([false]),
    fc.constant([true]),
    fc.array(fc.boolean(), { minLength: 1, maxLength: 7 }),
  ),
  blank: fc.array(fc.nat(8), { maxLength: 2 }),
  lastEnd: fc.boolean(),
})

function bodyOf(records: readonly (readonly string[])[], how: Style): string {
  let count = 0
  const lines = records.map((record) => {
    const fields = record.map((field) =>
      written(field, how.quotes[count++ % how.quotes.length] === true),
    )
    // A record of one empty field would be a blank line.
    return fields.length === 1 && fields[0] === '' ? '""' : fields.join(',')
  })
  for (const at of how.blank) lines.splice(at, 0, '')
  return `${how.mark ? '\ufeff' : ''}${lines.join(how.end)}${how.lastEnd ? how.end : ''}`
}

/** A body with whatever a source may write into it. */
export const csvBody = names.chain((header) =>
  fc
    .tuple(
      fc.array(fc.array(value, { minLength: header.length, maxLength: header.length }), {
        maxLength: 8,
      }),
      style,
    )
    .map(([records, how]) => bodyOf([header, ...records], how)),
)

/** As a source sends it: one header, many similar rows, now and then one longer than the kernel's frame. */
export const alikeCsvBody = fc
  .tuple(
    fc.constantFrom(
      ['id', 'cost', 'date', 'tags', 'accountId'],
      ['Tags', 'Date', 'new', 'ID', 'PreTaxCost', 'later'],
      ['cost', 'other', 'another'],
    ),
    fc.array(
      fc.record({
        values: fc.array(fc.oneof(value, value, text), { minLength: 6, maxLength: 6 }),
        day: date,
        cost: fc.oneof(
          number,
          fc.integer({ min: -999, max: 999 }).map((n) => `${n}.50`),
        ),
        padding: fc.oneof(
          { weight: 600, arbitrary: fc.nat(90) },
          { weight: 3, arbitrary: fc.constant(3_000) },
          { weight: 1, arbitrary: fc.constantFrom(70_000, 250_000) },
        ),
      }),
      { maxLength: 24 },
    ),
    style,
  )
  .map(([header, rows, how]) =>
    bodyOf(
      [
        header,
        ...rows.map(({ values, day, cost, padding }) =>
          header.map((column, i) => {
            if (/cost/i.test(column)) return cost
            if (/date/i.test(column)) return day
            return column === 'another' ? 'x'.repeat(padding) : (values[i] as string)
          }),
        ),
      ],
      how,
    ),
  )
