/**
 * A source that echoes its keys wherever it can: they must not get into any log line, blob, answer or output.
 */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { BlobServiceClient } from '@azure/storage-blob'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { archiveApi } from '../../shared/http/archive-api.ts'
import type { Archive } from '../../shared/usecases/archive.ts'
import { archivePart } from '../../shared/usecases/fetch/archive-part.ts'
import { recordExhausted } from '../../shared/usecases/fetch/part-outcome.ts'
import { archiveDataset } from '../../shared/usecases/plan/archive-dataset.ts'
import { sweep } from '../../shared/usecases/plan/sweep.ts'
import type { PartMessage } from '../../shared/usecases/state/part-message.ts'
import { archiveStatus } from '../../shared/usecases/status/archive-status.ts'
import { reportStatus } from '../../shared/usecases/status/report-status.ts'
import { call } from '../../testing/http/call.ts'
import {
  type Stack,
  startStack,
  type TestArchive,
  withDay,
} from '../../testing/stack/archive-stack.ts'
import { readMessage, stages, workQueue } from '../../testing/stack/work-queue.ts'

const KEYS = [
  'eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjE4OTM0NTYwMDB9.c2lnbmF0dXJl',
  'an/odd+key=with"signs',
] as const

let stack: Stack
let test: TestArchive
let server: Server
/** Everything that someone could read. */
const readable: string[] = []

beforeAll(async () => {
  stack = await startStack(1)
  test = await stack.fresh()
  const { secrets } = stack.services.vault
  secrets.set(test.secret, KEYS[0])
  secrets.set(`${test.secret}-secondary`, KEYS[1])
  server = createServer((request, response) => {
    const key = request.headers.authorization?.replace(/^bearer /i, '') ?? ''
    const url = request.url ?? ''
    const echo = JSON.stringify({
      error: { message: `wrong: Authorization: bearer ${key}, ${key}` },
    })
    response.setHeader('etag', `"${key}"`)
    // The first key is refused, so that both are presented.
    if (key === KEYS[0]) return void response.writeHead(401).end(echo)
    if (url.endsWith('billingperiods')) return void response.end(PERIODS)
    if (url.includes('balancesummary')) return void response.writeHead(500).end(echo)
    if (url.includes('marketplace')) return void response.writeHead(400).end(echo)
    if (url.includes('pricesheet')) {
      return void response.writeHead(302, { location: `/${encodeURIComponent(key)}` }).end(echo)
    }
    const next = url.includes('2017-04-02') ? `${url}&key=${encodeURIComponent(key)}` : null
    response.end(JSON.stringify({ id: `of ${key}`, data: [{ cost: 1 }], nextLink: next }))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const deps = test.host({ EA_REPORTING_ENDPOINT: endpoint, RETRY_TRIES: '2' })

  await workOn(withDay(deps, '2017-04-02').archive)
  await sweep(deps.archive)
  const status = { ...deps.archive, keyRing: deps.keyRing }
  await reportStatus(status)
  readable.push(JSON.stringify(await archiveStatus(status, ['100'])))
  const headers = { authorization: `bearer ${test.key}` }
  const told = await call((ask) => archiveApi(deps.http, ask), '/archive/health', { headers })
  readable.push(await told.text())
  readable.push(...test.lines)

  const service = new BlobServiceClient(test.blobUrl, stack.services.credential)
  for await (const { name } of service.listContainers()) {
    const container = service.getContainerClient(name)
    for await (const blob of container.listBlobsFlat({ includeMetadata: true })) {
      const bytes = await container.getBlobClient(blob.name).downloadToBuffer()
      const text = blob.name.endsWith('.gz') ? gunzipSync(bytes) : bytes
      readable.push(`${blob.name} ${JSON.stringify(blob.metadata)} ${text.toString()}`)
    }
  }
}, 120_000)
afterAll(async () => {
  server.close()
  server.closeAllConnections()
  await test.close()
  await stack.close()
})

/** Timers and messages like a host: failures are delivered twice, then dropped; errors are collected. */
async function workOn(archive: Archive): Promise<void> {
  const signal = AbortSignal.timeout(60_000)
  const handle = async (message: PartMessage, delivery: number): Promise<'again' | undefined> => {
    try {
      await archivePart(archive, message, signal)
    } catch (error) {
      readable.push(String(error))
      if (delivery < 2) return 'again'
      await recordExhausted(archive, message)
    }
    return undefined
  }
  for (const dataset of stages.flat()) {
    await archiveDataset(archive, dataset, signal)
    await workQueue(test.queue, { atOnce: 8, leaseSeconds: 30, read: readMessage, handle })
  }
}

const PERIODS = JSON.stringify([
  {
    billingPeriodId: '201704',
    billingStart: '2017-04-01T00:00:00Z',
    billingEnd: '2017-04-30T11:59:59Z',
    balanceSummary: '/b',
    usageDetails: '/u',
    marketplaceCharges: '/m',
    priceSheet: '/p',
  },
])

describe('keys that a source echoes', () => {
  it('were echoed in archived, failing and reported data', () => {
    for (const words of ['SOURCE_BAD_REQUEST', 'SOURCE_BAD_VALUE', 'SOURCE_UNEXPECTED_STATUS']) {
      expect(
        readable.some((text) => text.includes(words)),
        words,
      ).toBe(true)
    }
    expect(readable.some((text) => text.includes('"cost":1'))).toBe(true)
    expect(readable.some((text) => text.includes('[redacted]'))).toBe(true)
  })

  it.each(KEYS)('occur nowhere: %s', (key) => {
    const inJson = JSON.stringify(key).slice(1, -1)
    const forms = [
      key,
      encodeURIComponent(key),
      inJson,
      JSON.stringify(inJson).slice(1, -1),
      Buffer.from(key).toString('base64'),
    ]
    const leaks = readable.filter((text) => forms.some((form) => text.includes(form)))
    expect(leaks.map((text) => text.slice(0, 120))).toEqual([])
  })

  it("include the callers' keys, which are stored only as digests", () => {
    expect(readable.filter((text) => text.includes(test.key))).toEqual([])
  })

  it('do not remove plan and part from log lines', () => {
    const failed = test.lines
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ event }) => event === 'part.failed')
    expect(failed.length).toBeGreaterThan(0)
    for (const line of failed) {
      expect(line).toMatchObject({
        series: expect.any(String) as string,
        plan: expect.any(String) as string,
        part: expect.any(String) as string,
      })
    }
  })
})
