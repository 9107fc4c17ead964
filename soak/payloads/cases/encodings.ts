/** How bytes arrive: encodings, chunks, ends. */
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { type Answer, always, json, listBody, type PayloadCase } from '../payload-case.ts'
import { plainRows } from '../plain-rows.ts'

const dataset = 'usagedetails'
const rows = plainRows(dataset, 40)
const body = listBody(dataset, rows)
const zipped = gzipSync(body)

const archived = (
  name: string,
  answer: Answer,
  expected: readonly string[] = rows,
): PayloadCase => ({
  name,
  dataset,
  source: always(answer),
  expected: { kind: 'archived', rows: expected, requestsAtMost: 1 },
})

const refused = (name: string, answer: Answer): PayloadCase => ({
  name,
  dataset,
  source: always(answer),
  expected: {
    kind: 'refused',
    codes: [
      'SOURCE_UNAVAILABLE',
      'SOURCE_BAD_VALUE',
      'ROWS_INVALID_UTF8',
      'ROWS_INVALID_JSON',
      'ROWS_UNEXPECTED_SHAPE',
      'ROWS_CUT',
    ],
    requestsAtMost: 20,
  },
})

const encoded = (encoding: string, bytes: Buffer): Answer =>
  json(bytes, { 'content-encoding': encoding })

export const encodings: readonly PayloadCase[] = [
  ...['gzip', 'GZIP', 'Gzip', 'x-gzip', 'X-GZip', ' gzip '].map((name) =>
    archived(`encoding "${name}"`, encoded(name.trim() === name ? name : 'gzip', zipped)),
  ),
  archived('encoding identity', encoded('identity', Buffer.from(body))),
  archived('encoding Identity', encoded('Identity', Buffer.from(body))),
  archived('a byte order mark', json(`\ufeff${body}`)),
  archived(
    'a byte at a time',
    { ...json(listBody(dataset, rows.slice(0, 2))), how: 'drip' },
    rows.slice(0, 2),
  ),
  archived('another content type', { body, headers: { 'content-type': 'text/plain' } }),
  archived('no content type', { body }),
  archived(
    'many gzip members',
    encoded('gzip', Buffer.concat([gzipSync(body.slice(0, 99)), gzipSync(body.slice(99))])),
  ),
  refused('invalid gzip', encoded('gzip', Buffer.from(body))),
  refused('truncated gzip', encoded('gzip', zipped.subarray(0, zipped.length - 20))),
  refused('gzip twice', encoded('gzip', gzipSync(zipped))),
  refused('gzip without Content-Encoding', json(zipped)),
  refused('deflate', encoded('deflate', deflateSync(body))),
  refused('brotli', encoded('br', brotliCompressSync(body))),
  refused('an unknown encoding', encoded('rot13', Buffer.from(body))),
  refused('fewer bytes than announced', {
    ...json(body, { 'content-length': String(body.length + 10) }),
    how: 'stall',
  }),
  refused('a body that stops', { ...json(body), how: 'stall' }),
  refused('no answer', { how: 'hang' }),
  refused('a connection that breaks', { how: 'reset' }),
]
