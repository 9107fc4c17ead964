/** A hostile or broken source: a named failure, in bounded time and memory. */

import { once } from 'node:events'
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream/promises'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { datasetNamed } from '../../shared/datasets/catalogue.ts'
import type { ArchiveError } from '../../shared/errors.ts'
import type { FetchResult, Source } from '../../shared/sources/source.ts'
import { onlySource } from '../../testing/sources/changed-source.ts'
import { type Stack, startStack, type TestArchive } from '../../testing/stack/archive-stack.ts'
import { ENROLLMENT } from '../../testing/stack/test-source.ts'

const MIB = 1024 * 1024
const request = {
  dataset: datasetNamed('usagedetails'),
  rowsVersion: 1,
  enrollment: ENROLLMENT,
  billingPeriod: '201704',
  part: 'all',
}
const signal = AbortSignal.timeout(100_000)

let stack: Stack
let test: TestArchive
let server: Server | null = null

beforeAll(async () => {
  stack = await startStack()
  test = await stack.fresh()
})
afterAll(async () => {
  await test.close()
  await stack.close()
})
afterEach(() => {
  server?.close()
  server?.closeAllConnections()
})

type Answers = (...args: Parameters<RequestListener>) => unknown

async function sourceThat(answers: Answers): Promise<Source> {
  server = createServer((request, response) => void answers(request, response)).listen(
    0,
    '127.0.0.1',
  )
  await once(server, 'listening')
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return onlySource(test.host({ EA_REPORTING_ENDPOINT: endpoint, RETRY_TRIES: '2' }).archive)
}

async function drained(answer: FetchResult): Promise<number> {
  let rows = 0
  if (answer.kind === 'rows') for await (const { batch } of answer.batches) rows += batch.rows
  return rows
}

/** The code with which reading the part fails. */
async function codeOf(answers: Answers): Promise<string> {
  const source = await sourceThat(answers)
  try {
    return `${await drained(await source.fetch(request, null, null, signal))} rows`
  } catch (error) {
    return (error as ArchiveError).code
  }
}

/** Sends `before`, then `piece` until this many bytes are sent or the reader is gone, then `after`. */
async function pour(
  response: ServerResponse,
  [before, piece, after]: readonly [string, string, string],
  bytes: number,
): Promise<void> {
  async function* pieces(): AsyncGenerator<string> {
    yield before
    for (let sent = 0; sent < bytes; sent += piece.length) yield piece
    yield after
  }
  await pipeline(pieces, response).catch(() => {}) // the reader has hung up, as intended
}

const page = (nextLink: unknown, data = '[]'): string =>
  `{"id":"x","data":${data},"nextLink":${JSON.stringify(nextLink)}}`

describe('a hostile source', () => {
  it('with a row of 100 MB is rejected, within the memory of one row', async () => {
    const before = process.memoryUsage().rss
    const code = await codeOf((_request, response) =>
      pour(response, ['[{"tags":"', 'a'.repeat(MIB), '"}]'], 100 * MIB),
    )
    expect(code).toBe('ROWS_TOO_LARGE')
    expect(process.memoryUsage().rss - before).toBeLessThan(300 * MIB)
  })

  it('with a gzip bomb is rejected', async () => {
    const bomb = gzipSync(`[{"tags":"${'a'.repeat(200 * MIB)}"}]`)
    const code = await codeOf((_request, response) => {
      response.setHeader('content-encoding', 'gzip')
      response.end(bomb)
    })
    expect(code).toBe('ROWS_TOO_LARGE')
  })

  it('with megabytes beside its rows is rejected', async () => {
    const code = await codeOf(async (_request, response) => {
      response.write('{"data":[]')
      for (let i = 0; i < 50 && !response.destroyed; i++) {
        response.write(`,"a${i}":"${'x'.repeat(100_000)}"`)
      }
      response.end('}')
    })
    expect(code).toBe('ROWS_TOO_LARGE')
  })

  it('with endlessly nested values is rejected', async () => {
    const deep = '['.repeat(100_000)
    const code = await codeOf((_request, response) => response.end(`[{"tags":${deep}`))
    expect(code).toBe('ROWS_INVALID_JSON')
  })

  it.each([
    ['to itself', (url: string) => url],
    ['in a circle', (url: string) => (url.includes('b=1') ? '/v3/?a=1' : '/v3/?b=1')],
  ])('whose pages lead %s is stopped', async (_how, next) => {
    expect(await codeOf(({ url = '' }, response) => response.end(page(next(url))))).toBe(
      'SOURCE_ENDLESS',
    )
  })

  it('whose pages never end is stopped, whatever the number of segments', async () => {
    let pages = 0
    const source = await sourceThat((_request, response) => {
      response.end(page(`/v3/?page=${++pages}`))
    })
    const facts = { validator: null, envelope: {}, requests: 999_990 }
    const answer = await source.fetch(
      request,
      null,
      { url: '/v3/?page=0', rowsToSkip: 0, facts },
      signal,
    )
    await expect(drained(answer)).rejects.toMatchObject({ code: 'SOURCE_ENDLESS' })
    expect(pages).toBeLessThan(20)
  })

  it.each([
    ['a link of 10,000 characters', `/v3/?${'x'.repeat(10_000)}`, 'SOURCE_BAD_VALUE'],
    ['a link that is a number', 7, 'SOURCE_BAD_VALUE'],
    ['a link to a file', 'file:///etc/passwd', 'SOURCE_FOREIGN_LINK'],
    ['a link to another port', 'http://127.0.0.1:1/', 'SOURCE_FOREIGN_LINK'],
  ])('with %s is rejected', async (_what, link, code) => {
    expect(await codeOf((_request, response) => response.end(page(link)))).toBe(code)
  })

  it('with headers of megabytes, or a redirect, is a failure and not followed', async () => {
    const large: RequestListener = (_request, response) => {
      response.setHeader('x-large', 'x'.repeat(60_000))
      response.end('[]')
    }
    expect(await codeOf(large)).toBe('SOURCE_UNAVAILABLE')
    const elsewhere: RequestListener = (_request, response) => {
      response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()
    }
    expect(await codeOf(elsewhere)).toBe('SOURCE_UNEXPECTED_STATUS')
  })

  it('with new fields in every row loses no row', async () => {
    const rows = Array.from({ length: 3_000 }, (_, i) => `{"cost":1,"field${i}":${i}}`)
    const source = await sourceThat((_request, response) => response.end(`[${rows.join(',')}]`))
    expect(await drained(await source.fetch(request, null, null, signal))).toBe(3_000)
  })

  it('with an endless list of periods is rejected', async () => {
    const rows = '{"billingPeriodId":"201704"},'.repeat(10_000)
    const source = await sourceThat((_request, response) =>
      pour(response, ['[', rows, '{}]'], 30 * MIB),
    )
    await expect(source.listPeriods(ENROLLMENT, signal)).rejects.toMatchObject({
      code: 'ROWS_TOO_LARGE',
    })
  })
})
