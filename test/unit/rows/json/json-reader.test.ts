import { describe, expect, it } from 'vitest'
import type { ErrorCode } from '../../../../shared/errors.ts'
import type { BodyShape } from '../../../../shared/rows/json/body-shape.ts'
import { jsonReader } from '../../../../shared/rows/json/read-json.ts'
import { MAX_ROW_BYTES } from '../../../../shared/rows/limits.ts'
import { rowLayout } from '../../../../shared/rows/row-layout.ts'

const layout = rowLayout([{ name: 'a' }, { name: 'b', decimal: true }])

function read(body: string | Buffer, shape: BodyShape = 'list', chunkBytes = 1_000_000_000) {
  const reader = jsonReader(shape, layout)
  const bytes = Buffer.from(body as string)
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    reader.push(bytes.subarray(at, at + chunkBytes))
  }
  const envelope = reader.end()
  const batch = reader.take()
  const text = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString()
  return { lines: text(batch?.lines), csv: text(batch?.csv), envelope }
}

describe('a body', () => {
  it('that is one object is one row', () => {
    expect(read('{ "a": "x", "b": 1.50 }', 'object')).toMatchObject({
      lines: '{"a":"x","b":1.50}\n',
      csv: 'x,1.50,\r\n',
    })
  })

  it('that is an array of one object is the same row, however it is cut', () => {
    const expected = read('{"a":"x","b":1.50}', 'object')
    expect(read(' [ {"a":"x","b":1.50} ] ', 'object')).toEqual(expected)
    expect(read('[{"a":"x","b":1.50}]', 'object', 1)).toEqual(expected)
  })

  it('may begin with a byte order mark', () => {
    expect(read('\ufeff[{"a":1}]').lines).toBe('{"a":1}\n')
  })

  it('that is an empty list has no rows', () => {
    expect(read('[ ]').lines).toBe('')
    expect(read('{"id":"x","data":[]}')).toMatchObject({ lines: '', envelope: { id: '"x"' } })
  })

  it.each<[string, BodyShape, ErrorCode, RegExp]>([
    ['[{"a":1}', 'list', 'ROWS_CUT', /ends at byte 8/],
    ['[{"a":"x', 'list', 'ROWS_CUT', /ends at byte 8/],
    ['', 'list', 'ROWS_CUT', /byte 0/],
    ['<html>', 'list', 'ROWS_UNEXPECTED_SHAPE', /byte 0/],
    ['"text"', 'list', 'ROWS_UNEXPECTED_SHAPE', /byte 0/],
    ['[1]', 'list', 'ROWS_UNEXPECTED_SHAPE', /byte 1/],
    ['[[]]', 'list', 'ROWS_UNEXPECTED_SHAPE', /byte 1/],
    ['[]', 'object', 'ROWS_UNEXPECTED_SHAPE', /byte 1/],
    ['[1]', 'object', 'ROWS_UNEXPECTED_SHAPE', /byte 1/],
    ['[{"b":1},{"b":2}]', 'object', 'ROWS_UNEXPECTED_SHAPE', /another one follows at byte 8/],
    ['[{"b":1}', 'object', 'ROWS_CUT', /byte 8/],
    ['{"error":{"code":"x"}}', 'list', 'ROWS_UNEXPECTED_SHAPE', /"data"/],
    ['{"data":null}', 'list', 'ROWS_UNEXPECTED_SHAPE', /"data"/],
    ['[{"a":1},]', 'list', 'ROWS_INVALID_JSON', /byte 9/],
    ['[{"a":01}]', 'list', 'ROWS_INVALID_JSON', /byte 7/],
    ['[{"a":1.}]', 'list', 'ROWS_INVALID_JSON', /byte 8/],
    ['[{"a":"\t"}]', 'list', 'ROWS_INVALID_JSON', /byte 7/],
    ['[{"a":"\\x"}]', 'list', 'ROWS_INVALID_JSON', /byte 8/],
    ['[{"a":1}] x', 'list', 'ROWS_INVALID_JSON', /byte 10/],
    [`[{"a":${'['.repeat(100)}`, 'list', 'ROWS_INVALID_JSON', /nesting/],
  ])('%j as %s is rejected: %s', (body, shape, code, message) => {
    const expected = expect.objectContaining({ code, message: expect.stringMatching(message) })
    expect(() => read(body, shape)).toThrow(expected)
  })

  it('with invalid UTF-8 is rejected with the position', () => {
    const body = Buffer.concat([Buffer.from('[{"a":"é'), Buffer.from([0xff]), Buffer.from('"}]')])
    expect(() => read(body)).toThrow(
      expect.objectContaining({ code: 'ROWS_INVALID_UTF8', message: 'invalid UTF-8 at byte 9' }),
    )
  })

  it('with an endless row is rejected before it fills the memory', () => {
    const reader = jsonReader('list', layout)
    reader.push(Buffer.from('[{"a":"'))
    const chunk = Buffer.alloc(1024 * 1024, 'x')
    expect(() => {
      for (let bytes = 0; bytes <= 3 * MAX_ROW_BYTES; bytes += chunk.length) reader.push(chunk)
    }).toThrow(expect.objectContaining({ code: 'ROWS_TOO_LARGE' }))
  })
})

describe('the CSV', () => {
  it.each([
    ['{"a":null}', ',,'],
    ['{"a":""}', '"",,'],
    ['{}', ',,'],
    ['{"a":"x,y"}', '"x,y",,'],
    ['{"a":"say \\"hi\\"\\r\\n"}', '"say ""hi""\r\n",,'],
    ['{"a":"\\u00e9\\ud83d\\ude00"}', '"é😀",,'],
    ['{"a":"\\ud83d"}', '"\ufffd",,'],
    ['{"a":true,"b":1E-06}', 'true,1E-06,'],
    ['{"a":{"x": [1, "y"]}}', '"{""x"":[1,""y""]}",,'],
    ['{"b":0.000416666666666667000,"a":"007"}', '007,0.000416666666666667000,'],
    ['{"new":"x","b":1}', ',1,"{""new"":""x""}"'],
  ])('of %s is %j', (row, record) => {
    expect(read(`[${row}]`).csv).toBe(`${record}\r\n`)
  })
})

describe('the shape of rows', () => {
  const layout = rowLayout([
    { name: 'cost', decimal: true },
    { name: 'flag', kind: 'boolean' },
    { name: 'tags' },
  ])
  const driftOf = (rows: string): string[] => {
    const reader = jsonReader('list', layout)
    reader.push(Buffer.from(`[${rows}]`))
    reader.end()
    return [...(reader.take()?.drift ?? [])].sort()
  }

  it.each([
    ['as documented', '{"cost":1,"flag":true,"tags":"a"}', []],
    ['with nulls', '{"cost":null,"flag":null,"tags":null}', []],
    ['with a missing field', '{"cost":1,"flag":true}', ['tags is missing']],
    [
      'with fields of other kinds',
      '{"cost":"1","flag":"true","tags":{}}',
      ['cost is a string', 'flag is a string', 'tags is nested'],
    ],
    [
      'of which only a later one has an invalid decimal',
      '{"cost":1,"flag":true,"tags":"a"},{"cost":2,"flag":true,"tags":"a"},{"cost":"3","flag":true,"tags":"a"}',
      ['cost is a string'],
    ],
  ])('%s is reported', (_what, rows, expected) => {
    expect(driftOf(rows)).toEqual(expected)
  })
})
