/** Links of a source: nextLinks and redirects to files; and bodies larger than a page. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { priceSheet } from '../../shared/datasets/price-sheet.ts'
import { usageDetails } from '../../shared/datasets/usage-details.ts'
import { onlySource } from '../../testing/sources/changed-source.ts'
import { type Stack, startStack, type TestArchive } from '../../testing/stack/archive-stack.ts'
import { ENROLLMENT } from '../../testing/stack/test-source.ts'

const APRIL = '/v3/enrollments/100/billingPeriods/201704/usagedetails'

let stack: Stack
let test: TestArchive

beforeAll(async () => {
  stack = await startStack()
  test = await stack.fresh({ simulator: { day: '2017-04-02', months: 1, rowsPerDay: 1_700 } })
})
afterAll(async () => {
  await test.close()
  await stack.close()
})

describe('a nextLink', () => {
  it('to another host is never followed', async () => {
    const asked: string[] = []
    const foreign = createServer((request, response) => {
      asked.push(String(request.headers.authorization))
      response.end('{"id":"x","data":[],"nextLink":null}')
    })
    await new Promise<void>((resolve) => foreign.listen(0, '127.0.0.1', resolve))
    const { port } = foreign.address() as AddressInfo
    const lure = createServer((_request, response) => {
      response.end(`{"id":"x","data":[],"nextLink":"http://127.0.0.1:${port}/next"}`)
    })
    await new Promise<void>((resolve) => lure.listen(0, '127.0.0.1', resolve))
    const endpoint = `http://127.0.0.1:${(lure.address() as AddressInfo).port}`
    const { archive } = test.host({ EA_REPORTING_ENDPOINT: endpoint })
    const answer = await onlySource(archive).fetch(
      {
        dataset: usageDetails,
        rowsVersion: 1,
        enrollment: ENROLLMENT,
        billingPeriod: '201704',
        part: 'all',
      },
      null,
      null,
      AbortSignal.timeout(10_000),
    )
    const read = async (): Promise<void> => {
      if (answer.kind === 'rows') for await (const _ of answer.batches);
    }
    await expect(read()).rejects.toMatchObject({ code: 'SOURCE_FOREIGN_LINK' })
    expect(asked).toEqual([])
    foreign.close()
    lure.close()
    foreign.closeAllConnections()
    lure.closeAllConnections()
  })
})

describe('a large answer that is a redirect', () => {
  /** A source that redirects the price sheet to `location`, and records the requests for the file. */
  async function priceSheetVia(location: (origin: string) => string) {
    const asked: (string | undefined)[] = []
    const server = createServer((request, response) => {
      if (request.url?.startsWith('/file') === true) {
        asked.push(request.headers.authorization)
        response.end('[{"meterId":"m","unitPrice":0.00}]')
        return
      }
      const origin = `http://${request.headers.host}`
      response.writeHead(307, { location: location(origin), etag: '"of the report"' }).end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const { archive } = test.host({ EA_REPORTING_ENDPOINT: endpoint })
    const request = {
      dataset: priceSheet,
      rowsVersion: 1,
      enrollment: ENROLLMENT,
      billingPeriod: '201704',
      part: 'all',
    }
    try {
      const answer = await onlySource(archive).fetch(
        request,
        null,
        null,
        AbortSignal.timeout(10_000),
      )
      let rows = ''
      if (answer.kind === 'rows') {
        for await (const { batch } of answer.batches) rows += batch.lines.toString()
      }
      const facts = answer.kind === 'rows' ? answer.facts() : null
      return { asked, rows, etag: facts?.validator?.etag }
    } finally {
      server.close()
      server.closeAllConnections()
    }
  }

  it('is followed once, without the key, under the tag of the report', async () => {
    const found = await priceSheetVia((origin) => `${origin}/file?sig=x`)
    expect(found).toEqual({
      asked: [undefined],
      rows: '{"meterId":"m","unitPrice":0.00}\n',
      etag: '"of the report"',
    })
  })

  it.each(['/file', 'http://billing.example/file', 'ftp://127.0.0.1/file'])(
    'is not followed to %s',
    async (location) => {
      await expect(priceSheetVia(() => location)).rejects.toMatchObject({
        code: 'SOURCE_UNEXPECTED_STATUS',
      })
    },
  )
})

describe('a body larger than a page', () => {
  it('is streamed, with the same result', async () => {
    const small = test.host({ PAGE_BYTES: '65536' })
    const whole = await collect(test.deps)
    expect(await collect(small)).toEqual(whole)
    expect(whole.rows).toBe(test.simulator.rows(APRIL).length)
  })

  async function collect({
    archive,
  }: TestArchive['deps']): Promise<{ rows: number; lines: string }> {
    const request = {
      dataset: usageDetails,
      rowsVersion: 1,
      enrollment: ENROLLMENT,
      billingPeriod: '201704',
      part: 'all',
    }
    const answer = await onlySource(archive).fetch(request, null, null, AbortSignal.timeout(20_000))
    if (answer.kind !== 'rows') throw new Error('expected rows')
    const lines: Buffer[] = []
    let rows = 0
    for await (const { batch } of answer.batches) {
      lines.push(Buffer.from(batch.lines))
      rows += batch.rows
    }
    return { rows, lines: Buffer.concat(lines).toString() }
  }
})
