/** Error answers of all kinds, with their texts. */
import type { DatasetName } from '../../../shared/datasets/dataset.ts'
import type { ErrorCode } from '../../../shared/errors.ts'
import { type Answer, type Ask, json, type PayloadCase } from '../payload-case.ts'

const CODES: Readonly<Record<number, ErrorCode>> = {
  400: 'SOURCE_BAD_REQUEST',
  401: 'SOURCE_UNAUTHORIZED',
  403: 'SOURCE_FORBIDDEN',
  404: 'SOURCE_NOT_FOUND',
  410: 'SOURCE_NOT_FOUND',
  418: 'SOURCE_UNEXPECTED_STATUS',
  422: 'SOURCE_UNEXPECTED_STATUS',
  302: 'SOURCE_UNEXPECTED_STATUS',
  408: 'SOURCE_UNAVAILABLE',
  429: 'SOURCE_UNAVAILABLE',
  500: 'SOURCE_UNAVAILABLE',
  502: 'SOURCE_UNAVAILABLE',
  503: 'SOURCE_UNAVAILABLE',
  504: 'SOURCE_UNAVAILABLE',
}

interface Words {
  readonly name: string
  readonly answer: (ask: Ask) => Omit<Answer, 'status'>
  readonly says: RegExp
}

const words: readonly Words[] = [
  {
    name: 'an error object',
    answer: () => json('{"error":{"code":"X1","message":"Reason 4720"}}'),
    says: /Reason 4720/,
  },
  {
    name: 'a line of text',
    answer: () => ({ body: 'Reason 4721\r\n', headers: { 'content-type': 'text/plain' } }),
    says: /Reason 4721/,
  },
  {
    name: 'an HTML page',
    answer: () => ({
      body: '<html><title>Reason 4722</title></html>',
      headers: { 'content-type': 'text/html' },
    }),
    says: /4722/,
  },
  {
    name: 'a request id',
    answer: () => ({ body: '', headers: { 'x-ms-request-id': 'request-4723' } }),
    says: /request-4723/,
  },
  {
    name: 'the key',
    answer: ({ key }) => ({ body: `Reason 4724: ${key} is bad` }),
    says: /Reason 4724/,
  },
  {
    name: 'a megabyte',
    answer: () => ({ body: `Reason 4725 ${'x'.repeat(1_000_000)}` }),
    says: /Reason 4725/,
  },
  {
    name: 'a body that does not end',
    answer: () => ({ body: `Reason 4726 ${'x'.repeat(2_000)}`, how: 'stall' }),
    says: /\d/,
  },
]

const byStatus = Object.entries(CODES).flatMap(([status, code]) =>
  words.map(({ name, answer, says }) => ({
    name: `${status} with ${name}`,
    dataset: 'pricesheet' as DatasetName,
    source: (ask: Ask) => ({ ...answer(ask), status: Number(status) }),
    expected: { kind: 'refused' as const, codes: [code], says, requestsAtMost: 20 },
  })),
)

/** A requested pause is respected, or the request fails at once if the pause is too long. */
const pauses: readonly PayloadCase[] = ['3600', '86400', 'Fri, 31 Dec 2027 23:59:59 GMT'].flatMap(
  (after) =>
    [false, true].map((isOpen) => ({
      name: `429 with Retry-After ${after}${isOpen ? ', day by day' : ''}`,
      dataset: 'usagedetails' as const,
      isOpen,
      pausesAll: true,
      source: () => ({ status: 429, headers: { 'retry-after': after } }),
      expected: {
        kind: 'refused' as const,
        codes: ['SOURCE_UNAVAILABLE'] as const,
        says: /pause/,
        requestsAtMost: 6,
      },
    })),
)

/** Temporary failures leave no trace. */
const passing: readonly PayloadCase[] = [408, 429, 500, 502, 503, 504].map((status) => ({
  name: `${status} once`,
  dataset: 'usagedetails',
  source: ({ number }) => (number === 1 ? { status } : json('[{"cost":1.50}]')),
  expected: { kind: 'archived', rows: ['{"cost":1.50}'], requestsAtMost: 2 },
}))

const aDay: PayloadCase = {
  name: 'one day that the source does not have',
  dataset: 'usagedetails',
  isOpen: true,
  source: ({ url }) => (url.includes('2017-04-02') ? { status: 404 } : json('[{"cost":1}]')),
  expected: { kind: 'refused', codes: ['SOURCE_NOT_FOUND'], says: /2017-04-02/ },
}

export const refusals: readonly PayloadCase[] = [...byStatus, ...pauses, ...passing, aDay]
