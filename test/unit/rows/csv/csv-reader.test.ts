import { describe, expect, it } from 'vitest'
import { csvReader } from '../../../../shared/rows/csv/read-csv.ts'
import { rowLayout } from '../../../../shared/rows/row-layout.ts'
import { layout, read } from '../../../../testing/rows/read-csv-body.ts'

describe('a CSV body', () => {
  it('gives rows as JSON and as CSV, with sums', () => {
    expect(read('a,b,c\r\nx,1.50,3\r\n"y, z",0.50,4\r\n')).toMatchObject({
      beside: {},
      lines: '{"a":"x","b":1.50,"c":3}\n{"a":"y, z","b":0.50,"c":4}\n',
      csv: 'x,1.50,3,\r\n"y, z",0.50,4,\r\n',
      sum: '2',
    })
  })

  it('gives the same result however it is cut', () => {
    const body = '\ufeffa,b,c\r\n"é ""😀""\r\n",1.50,\r\n\r\nx,,""\r\n'
    const whole = read(body)
    expect(whole.lines).toBe(
      '{"a":"é \\"😀\\"\\r\\n","b":1.50,"c":null}\n{"a":"x","b":null,"c":null}\n',
    )
    for (let size = 1; size < 12; size++) {
      expect(read(body, csvReader(layout), size)).toEqual(whole)
    }
  })

  it('may end its lines with LF, and its last one not at all', () => {
    expect(read('a,b,c\nx,1,2\ny,3,4').lines).toBe('{"a":"x","b":1,"c":2}\n{"a":"y","b":3,"c":4}\n')
  })

  it('may have only a header', () => {
    expect(read('\ufeffa,b,c')).toMatchObject({ lines: '', csv: '', sum: null })
  })

  it('has its blank lines counted and skipped', () => {
    expect(read('\n\r\na,b,c\n\nx,1,2\n\n\n')).toMatchObject({
      lines: '{"a":"x","b":1,"c":2}\n',
      blankLines: 5,
    })
  })

  it('has its columns found by their names, in any order and case, and by aliases', () => {
    expect(read('C, BEE ,Spalte (A)\n1,2,x\n')).toMatchObject({
      lines: '{"a":"x","b":2,"c":1}\n',
      missingColumns: [],
      unknown: [],
    })
  })

  it('keeps an unknown column, and names a missing one', () => {
    expect(read('new,B\n"x ""y""",1\n,2\n')).toMatchObject({
      lines: '{"b":1,"new":"x \\"y\\""}\n{"b":2,"new":null}\n',
      csv: ',1,,"{""new"":""x \\""y\\""""}"\r\n,2,,"{""new"":null}"\r\n',
      unknown: ['new'],
      missingColumns: ['a', 'c'],
      drift: ['a is missing', 'c is missing'],
    })
  })

  it('keeps the text of numbers, and of values that are not numbers', () => {
    const texts = ['0.000416666666666667000', '1E-06', '-0.0', '007', '+1', ' 1', '1,5', '.5']
    const body = texts.map((text) => `x,"${text}","${text}"\n`).join('')
    const { lines, odd, sum } = read(`a,b,c\n${body}`)
    const values = [
      '0.000416666666666667000',
      '1E-06',
      '-0.0',
      '"007"',
      '"+1"',
      '" 1"',
      '"1,5"',
      '".5"',
    ]
    expect(lines).toBe(values.map((value) => `{"a":"x","b":${value},"c":${value}}\n`).join(''))
    expect(odd).toEqual([{ column: 'b', what: 'no-number', count: 5, rows: [4, 5, 6] }])
    expect(sum).toBe('0.000417666666666667')
  })

  it('has days in all spellings of sources', () => {
    const dated = rowLayout([{ name: 'day', usageDate: true }])
    const reader = csvReader(dated)
    reader.push(Buffer.from('Day\n09/21/2023\n2019-07-29 00:00:00\n9/2/2023\n""\n21/09/2023\n'))
    reader.end()
    const batch = reader.take()
    expect([...(batch?.dates ?? [])]).toEqual([20230921, 20190729, 20230902, 0, 1])
    expect(batch?.odd).toEqual([{ column: 'day', what: 'no-day', count: 1, rows: [5] }])
  })
})

describe('what a source asks of a body', () => {
  const identified = rowLayout([{ name: 'a' }, { name: 'b', decimal: true, identity: 0 }])

  it('is that its rows are rows', () => {
    const reader = csvReader(identified, undefined, { rowWords: (text) => text })
    expect(() => read('a,b\nx,1\ny,\n', reader)).toThrow(
      expect.objectContaining({
        code: 'ROWS_NOT_A_ROW',
        message: expect.stringMatching(/^row 2 .* it has no b/),
      }),
    )
    expect(read('a,b\nx,1\ny,\n', csvReader(identified)).lines).toContain('{"a":"y","b":null}')
  })
})

describe('a long CSV body', () => {
  const count = 5_000
  const rowOf = (i: number): string =>
    `"name, ${i}",${i + 1}99999999999999.${String(i).padStart(9, '0')},${i}`
  const body = `a,b,c\n${Array.from({ length: count }, (_, i) => `${rowOf(i)}\n`).join('')}`

  it('has every row and an exact sum', () => {
    const { lines, csv, sum } = read(body, csvReader(layout), 64 * 1024)
    const rows = lines.trimEnd().split('\n')
    expect(rows.length).toBe(count)
    expect(rows[4_999]).toBe('{"a":"name, 4999","b":500099999999999999.000004999,"c":4999}')
    expect(csv).toBe(body.slice(6).replaceAll('\n', ',\r\n'))
    const total = Array.from({ length: count }, (_, i) => BigInt(`${i + 1}99999999999999`))
    const fraction = (BigInt(count) * BigInt(count - 1)) / 2n
    const whole = total.reduce((a, b) => a + b, 0n)
    expect(sum).toBe(`${whole}.${String(fraction).padStart(9, '0').replace(/0+$/, '')}`)
  })

  it('is read alternately with others that have other columns', () => {
    const other = rowLayout([
      { name: 'x', usageDate: true },
      { name: 'a' },
      { name: 'y', decimal: true },
    ])
    const otherBody = `y,a,z\n${'1.5,"""q""",\\\n'.repeat(count)}`
    const [mine, theirs] = [csvReader(layout), csvReader(other)]
    const [mySize, theirSize] = [body.length / 20, otherBody.length / 20].map(Math.ceil) as [
      number,
      number,
    ]
    for (let turn = 0; turn < 20; turn++) {
      mine.push(Buffer.from(body.slice(turn * mySize, (turn + 1) * mySize)))
      theirs.push(Buffer.from(otherBody.slice(turn * theirSize, (turn + 1) * theirSize)))
    }
    const { lines } = read('', theirs)
    expect(lines).toBe('{"a":"\\"q\\"","y":1.5,"z":"\\\\"}\n'.repeat(count))
    expect(read('', mine)).toEqual(read(body))
  })

  it('may have more columns than the kernel supports', () => {
    const names = Array.from({ length: 300 }, (_, i) => `new${i}`)
    const many = read(`b,${names.join(',')}\n${`1${',x'.repeat(300)}\n`.repeat(3)}`)
    expect(many.sum).toBe('3')
    expect(many.unknown).toEqual(names)
    expect(many.lines.split('\n')[2]).toContain('"new299":"x"}')
  })
})
