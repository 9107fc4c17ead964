/** The syntax and meaning of conditions on columns. */
import { describe, expect, it } from 'vitest'
import { rowLayout } from '../../../../shared/rows/row-layout.ts'
import { checkedCondition, parseCondition } from '../../../../shared/rows/select/condition.ts'
import { ALL_ROWS, rowSelector } from '../../../../shared/rows/select/row-selector.ts'

const layout = rowLayout([
  { name: 'name' },
  { name: 'date', usageDate: true },
  { name: 'cost', kind: 'number', decimal: true },
  { name: 'flag', kind: 'boolean' },
  { name: 'id', kind: 'any' },
])

/** The matching rows; each condition as a caller writes it. */
function fitting(rows: readonly string[], ...where: string[]): string[] {
  const conditions = where.map(parseCondition)
  const selector = rowSelector(layout, { ...ALL_ROWS, where: conditions }, 'ndjson')
  return selector
    .take(Buffer.from(rows.join('\n,')))
    .text.toString()
    .split('\n')
    .slice(0, -1)
}

const cost = (text: string): string => `{"cost":${text}}`

describe('a number', () => {
  it.each([
    'cost>=1',
    'cost >= 1',
    '  cost  >=  1  ',
    'cost>=+1',
    'cost>=1.',
    'cost>=1.0',
    'cost>=10e-1',
    'cost>=0.1E+01',
    'cost>="1"',
  ])('has the same meaning in all spellings: %s', (where) => {
    const rows = ['0.999', '1', '1.00', '1E0', '10', 'null'].map(cost)
    expect(fitting(rows, where)).toEqual(['1', '1.00', '1E0', '10'].map(cost))
  })

  it.each([
    ['cost>1e-05', ['0.00002']],
    ['cost<.00001', ['0', '-3', '1E-06']],
    ['cost=1e-5', ['1e-05', '0.00001']],
    ['cost!=-3', ['0', '1e-05', '0.00001', '1E-06', '0.00002']],
  ])('%s compares by value', (where, expected) => {
    const rows = ['0', '-3', '1e-05', '0.00001', '1E-06', '0.00002'].map(cost)
    expect(fitting(rows, where)).toEqual(expected.map(cost))
  })

  it.each([
    'cost>=1,5',
    'cost=abc',
    'cost=1.000,50',
    'cost=0x10',
    'cost=Infinity',
    'cost=NaN',
    'cost=1e',
    'cost=.',
    'cost=-',
    'cost=1 000',
    'cost>',
    'cost=€5',
  ])('%s is rejected, and the value is shown', (where) => {
    const condition = parseCondition(where)
    const shown = where.replace('cost', '')
    expect(() => checkedCondition(layout, condition)).toThrow(
      `where: cost${shown}: expected a number with a decimal point`,
    )
  })

  it.each([
    `cost>=${'9'.repeat(101)}`,
    'cost>1e100',
    'cost>1e-100',
    'cost=1.7976931348623157E+308',
    `cost=1e${'9'.repeat(400)}`,
  ])('of more than 100 digits is rejected: %s', (where) => {
    expect(() => checkedCondition(layout, parseCondition(where))).toThrow('at most 100 digits')
  })

  it('is compared with rows of any exponent, and with text, without an error', () => {
    const far = `1e${'9'.repeat(1_000)}`
    const rows = ['1E-400', '0', '-1E-400', '1E400', far, `-${far}`, `1E-${'9'.repeat(30)}`].map(
      cost,
    )
    expect(fitting(rows, 'cost=0')).toEqual([cost('0')])
    expect(fitting(rows, 'cost>0', 'cost<1')).toEqual([
      cost('1E-400'),
      cost(`1E-${'9'.repeat(30)}`),
    ])
    expect(fitting(rows, 'cost>=1')).toEqual([cost('1E400'), cost(far)])
    expect(fitting(rows, 'cost<-1')).toEqual([cost(`-${far}`)])
    const texts = ['"12.50"', '" 12.5 "', '"abc"', '"0x10"', '""', 'null', 'true', '[12.5]'].map(
      cost,
    )
    expect(fitting(texts, 'cost=12.5')).toEqual(['"12.50"', '" 12.5 "'].map(cost))
    expect(fitting(texts, 'cost>1')).toEqual(['"12.50"', '" 12.5 "'].map(cost))
    expect(fitting(texts, 'cost!=12.5')).toHaveLength(6)
  })

  it('that differs in the last of many digits is distinguished', () => {
    const rows = ['12345678901234567890.1', '12345678901234567890.2'].map(cost)
    expect(fitting(rows, 'cost>12345678901234567890.1')).toEqual(rows.slice(1))
    expect(fitting(rows, 'cost<=12345678901234567890.10')).toEqual(rows.slice(0, 1))
  })
})

describe('a usage date', () => {
  const rows = ['"2026-09-30T23:59:59"', '"2026-10-01T00:00:00"', '"10/2/2026 12:00:00 AM"']
    .concat('"10\\/03\\/2026"', '"2026-02-30"', 'null')
    .map((date) => `{"date":${date}}`)

  it.each([
    ['date>=2026-10-01', [1, 2, 3]],
    ['date>= 2026-10-01', [1, 2, 3]],
    ['date > 2026-10-01T00:00:00Z', [2, 3]],
    ['date=2026-10-01 12:30', [1]],
    ['date<=2026-10-02T00:00:00.000+02:00', [0, 1, 2]],
    ['date<=2026-10-02T00:00:00 02:00', [0, 1, 2]],
    ['date!=2026-10-01', [0, 2, 3, 4, 5]],
    ['date=', [5]],
    ['date!=', [0, 1, 2, 3, 4]],
  ])('compares by its day: %s', (where, expected) => {
    expect(fitting(rows, where)).toEqual(expected.map((row) => rows[row]))
  })

  it.each(['date>=2026-02-30', 'date=10/01/2026', 'date>yesterday', 'date<2026-10', 'date>='])(
    '%s is refused',
    (where) => {
      expect(() => checkedCondition(layout, parseCondition(where))).toThrow('a day as yyyy-MM-dd')
    },
  )

  it('of a range is found in rows of every spelling', () => {
    const dates = { first: '2026-10-01', last: '2026-10-02' }
    const taken = rowSelector(layout, { ...ALL_ROWS, dates }, 'ndjson').take(
      Buffer.from(rows.join('\n,')),
    )
    expect(taken.text.toString()).toBe(`${rows[1]}\n${rows[2]}\n`)
  })
})

describe('true and false', () => {
  const rows = ['true', 'false', 'null', '"True"'].map((flag) => `{"flag":${flag}}`)

  it('come in any case', () => {
    expect(fitting(rows, 'flag = TRUE')).toEqual([rows[0], rows[3]])
    expect(fitting(rows, 'flag!=true')).toEqual([rows[1], rows[2]])
    expect(fitting(rows, 'flag=')).toEqual([rows[2]])
  })

  it.each(['flag=1', 'flag=yes', 'flag>true'])('%s is refused', (where) => {
    expect(() => checkedCondition(layout, parseCondition(where))).toThrow(/true or false/)
  })
})

describe('text', () => {
  const rows = ['"a"', '" a "', '""', 'null', '"=a"', '"b"', '7'].map((name) => `{"name":${name}}`)

  it('is compared without the spaces around it, or with them in quotes', () => {
    expect(fitting(rows, 'name =  a ')).toEqual([rows[0]])
    expect(fitting(rows, 'name=" a "')).toEqual([rows[1]])
    expect(fitting(rows, 'name="=a"')).toEqual([rows[4]])
    expect(fitting(rows, 'name=7.0')).toEqual([rows[6]])
  })

  it('that is empty is null, missing or empty', () => {
    expect(fitting([...rows, '{}'], 'name=')).toEqual([rows[2], rows[3], '{}'])
    expect(fitting([...rows, '{}'], 'name=""')).toEqual([rows[2], rows[3], '{}'])
    expect(fitting([...rows, '{}'], 'name!=')).toEqual([0, 1, 4, 5, 6].map((row) => rows[row]))
  })

  it.each(['name==a', 'name<>a', 'name=>a', 'name=<a', 'name="a" "b"'])(
    'after an invalid operator is rejected: %s',
    (where) => {
      expect(() => parseCondition(where)).toThrow(/^where: name/)
    },
  )

  it('of a column that is sent as number or text matches both', () => {
    const ids = ['{"id":201704}', '{"id":"201704"}', '{"id":201705}']
    expect(fitting(ids, 'id=201704')).toEqual(ids.slice(0, 2))
  })
})
