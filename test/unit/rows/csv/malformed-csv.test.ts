import { describe, expect, it } from 'vitest'
import type { ErrorCode } from '../../../../shared/errors.ts'
import { csvReader } from '../../../../shared/rows/csv/read-csv.ts'
import { MAX_ENVELOPE_BYTES, MAX_ROW_BYTES } from '../../../../shared/rows/limits.ts'
import { layout, read } from '../../../../testing/rows/read-csv-body.ts'

describe('a CSV body that is malformed', () => {
  it.each<[string, ErrorCode, RegExp]>([
    ['', 'ROWS_UNEXPECTED_SHAPE', /has no header/],
    ['\ufeff\r\n\n', 'ROWS_UNEXPECTED_SHAPE', /no header/],
    ['x,1\ny,2\n', 'ROWS_UNEXPECTED_SHAPE', /has no column of the dataset/],
    ['<html><body>\n', 'ROWS_UNEXPECTED_SHAPE', /has no column of the dataset/],
    ['a,b,A\n', 'ROWS_UNEXPECTED_SHAPE', /column twice: "a" and "A", both as a/],
    ['b,bee\n', 'ROWS_UNEXPECTED_SHAPE', /column twice: "b" and "bee", both as b/],
    ['a,new,New\n', 'ROWS_UNEXPECTED_SHAPE', /column twice: "new" and "New"$/],
    ['a,b\nx,1\na,b\n', 'ROWS_UNEXPECTED_SHAPE', /record 2, at byte 8: the header is repeated/],
    ['a,b\nx,1\ny\n', 'ROWS_UNEXPECTED_SHAPE', /record 2, at byte 8: 1 of 2 fields/],
    ['a,b\nx,1,\n', 'ROWS_UNEXPECTED_SHAPE', /record 1, at byte 8: more than 2 fields/],
    [
      'a,b\nx,1\n"y"z,2\n',
      'ROWS_UNEXPECTED_SHAPE',
      /record 2, at byte 11: text after a closing quote/,
    ],
    [
      'a,b\nx"y,2\n',
      'ROWS_UNEXPECTED_SHAPE',
      /record 1, at byte 5: a quote within an unquoted field/,
    ],
    ['a,b\nx,2\ry,3\r', 'ROWS_UNEXPECTED_SHAPE', /record 1, at byte 7: a CR without LF/],
    ['a,b\rx,2', 'ROWS_UNEXPECTED_SHAPE', /the header, at byte 3: a CR without LF/],
    [
      'a,b\nx,2\ny,"3\n',
      'ROWS_CUT',
      /record 2, at byte 10: the body ends before the closing quote/,
    ],
    ['a,b\nx,2\r', 'ROWS_CUT', /record 1, at byte 7: the body ends within a line end/],
  ])('%j is rejected: %s', (body, code, message) => {
    const expected = expect.objectContaining({ code, message: expect.stringMatching(message) })
    expect(() => read(body)).toThrow(expected)
    expect(() => read(body, csvReader(layout), 1)).toThrow(expected)
  })

  it.each<[string, Buffer, ErrorCode, RegExp]>([
    ['in a record', Buffer.from('a,b\nx,1\n\nY,2\n'), 'ROWS_INVALID_UTF8', /record 2, at byte 9/],
    ['in the header', Buffer.from('a,Y\nx,1\n'), 'ROWS_INVALID_UTF8', /the header, at byte 2/],
    [
      'in a record that is malformed, too',
      Buffer.from('a,b\nx,1\nY,2,3\n'),
      'ROWS_INVALID_UTF8',
      /record 2, at byte 8/,
    ],
  ])('with invalid UTF-8 %s is refused', (_where, body, code, message) => {
    body[body.indexOf('Y')] = 0xff
    expect(() => read(body)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    )
  })

  it('that ends within a character is refused', () => {
    const body = Buffer.from('a,b\n1,é').subarray(0, -1)
    const expected = expect.objectContaining({
      code: 'ROWS_CUT',
      message: 'record 1, at byte 7: the body ends within a character',
    })
    expect(() => read(body)).toThrow(expected)
    expect(() => read(body, csvReader(layout), 1)).toThrow(expected)
  })

  it('counts records over all batches', () => {
    const reader = csvReader(layout)
    reader.push(Buffer.from('a,b\nx,1\ny,2\n'))
    expect(reader.take()?.rows).toBe(2)
    expect(() => reader.push(Buffer.from('z\n'))).toThrow(/^record 3, at byte 12:/)
  })

  it('with an endless record is rejected before it fills the memory', () => {
    const reader = csvReader(layout)
    reader.push(Buffer.from('a,b\nx,1\n"'))
    const chunk = Buffer.alloc(1024 * 1024, 'x')
    expect(() => {
      for (let bytes = 0; bytes <= 3 * MAX_ROW_BYTES; bytes += chunk.length) reader.push(chunk)
    }).toThrow(
      expect.objectContaining({
        code: 'ROWS_TOO_LARGE',
        message: expect.stringMatching(/^record 2, at byte 8/),
      }),
    )
  })

  it('with an endless header is rejected', () => {
    const body = `a,b,${'x'.repeat(MAX_ENVELOPE_BYTES)}`
    const expected = expect.objectContaining({
      code: 'ROWS_TOO_LARGE',
      message: expect.stringMatching(/^the header, at byte 0: larger than/),
    })
    expect(() => read(body)).toThrow(expected)
    expect(() => read(`${body}\n`)).toThrow(expected)
  })

  it('with a record that is too large as a row is rejected', () => {
    const body = Buffer.alloc(Math.ceil(MAX_ROW_BYTES / 6), '\u0001')
    expect(() => read(Buffer.concat([Buffer.from('a,b\n'), body, Buffer.from(',1\n')]))).toThrow(
      expect.objectContaining({ code: 'ROWS_TOO_LARGE' }),
    )
  })
})
