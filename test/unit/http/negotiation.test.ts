import { describe, expect, it } from 'vitest'
import { acceptedFormat } from '../../../shared/http/archive/accept.ts'
import { requestedRange } from '../../../shared/http/byte-range.ts'
import { acceptedEncoding } from '../../../shared/http/encoding.ts'

const asking = (headers: Record<string, string>) => ({
  header: (name: string): string | null => headers[name] ?? null,
})

describe('Accept-Encoding', () => {
  it.each([
    ['', 'identity'],
    ['gzip', 'gzip'],
    ['deflate, GZIP;q=0.5', 'gzip'],
    ['gzip;q=0', 'identity'],
    ['*', 'gzip'],
    ['*;q=0', 'identity'],
    ['gzip;q=0, *', 'identity'],
    ['gzip;q=nonsense', 'identity'],
    ['br', 'identity'],
    ['x-gzip', 'gzip'],
  ])('%j takes %s', (value, encoding) => {
    expect(acceptedEncoding(asking(value === '' ? {} : { 'accept-encoding': value }))).toBe(
      encoding,
    )
  })
})

describe('Accept', () => {
  it.each([
    ['text/csv', 'csv'],
    ['text/*', 'csv'],
    ['*/*', 'json'],
    ['application/x-ndjson', 'ndjson'],
    ['application/jsonl', 'ndjson'],
    ['application/json;q=0.1, text/csv;q=0.9', 'csv'],
    ['text/csv;charset=utf-8', 'csv'],
    ['text/csv; header=present; q=0.5, application/x-ndjson;q=0.4', 'csv'],
    ['application/json;odata=verbose', 'json'],
    ['application/json;indent=2, text/csv', 'json'],
    ['text/csv, application/json', 'csv'],
    ['application/json;q=0, */*', 'ndjson'],
    ['text/html, application/xhtml+xml, */*;q=0.8', 'json'],
  ])('%j wants %s', (accept, format) => {
    expect(acceptedFormat(asking({ accept }))).toBe(format)
  })

  it('without an available type is rejected', () => {
    expect(() => acceptedFormat(asking({ accept: 'image/png' }))).toThrow(
      expect.objectContaining({ code: 'NOT_ACCEPTABLE' }),
    )
  })
})

describe('Range', () => {
  const range = (text: string, ifRange?: string) =>
    requestedRange(
      asking({ range: text, ...(ifRange === undefined ? {} : { 'if-range': ifRange }) }),
      100,
      '"tag"',
    )

  it.each([
    ['bytes=0-9', { first: 0, last: 9 }],
    ['bytes=90-', { first: 90, last: 99 }],
    ['bytes=-10', { first: 90, last: 99 }],
    ['bytes=-1000', { first: 0, last: 99 }],
    ['bytes=50-1000', { first: 50, last: 99 }],
    ['bytes=9-0', null],
    ['bytes=0-1,3-4', null],
    ['bytes=0-1,500-600', null],
    ['bytes=500-600,700-', null],
    ['rows=0-9', null],
    ['bytes=-', null],
  ])('%s of 100 bytes is %j', (text, expected) => {
    expect(range(text)).toEqual(expected)
  })

  it.each(['bytes=100-', 'bytes=-0'])('%s of 100 bytes is not satisfiable', (text) => {
    expect(() => range(text)).toThrow(expect.objectContaining({ code: 'RANGE_NOT_SATISFIABLE' }))
  })

  it('counts only while the file is unchanged', () => {
    expect(range('bytes=0-9', '"tag"')).toEqual({ first: 0, last: 9 })
    expect(range('bytes=0-9', '"another"')).toBeNull()
  })
})
