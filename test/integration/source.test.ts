import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { FaultRule } from '../../local/simulator/faults.ts'
import { startSimulator } from '../../local/simulator/server.ts'
import { priceSheet } from '../../shared/datasets/price-sheet.ts'
import { onlySource } from '../../testing/sources/changed-source.ts'
import {
  ENROLLMENT,
  type Stack,
  startStack,
  type TestArchive,
} from '../../testing/stack/archive-stack.ts'
import { openArchive, type StoredArchive, sameness } from '../../testing/stack/read-archive.ts'

let stack: Stack
let test: TestArchive
let stored: StoredArchive

/** Three pages a day: 2,500 rows. */
const simulator = { day: '2017-04-02', months: 1, rowsPerDay: 2_500 }
const MARCH_ALL = '/v3/enrollments/100/billingPeriods/201704/usagedetails'

beforeAll(async () => {
  stack = await startStack()
})
afterAll(() => stack.close())

beforeEach(async () => {
  test = await stack.fresh({ simulator, settings: { RETRY_TRIES: '5', RETRY_CAP_MS: '20' } })
  stored = openArchive(test.blobUrl, stack.services.credential)
})
afterEach(() => test.close())

/** What the archive would be if nothing had gone wrong: the same for every test. */
let clean: Record<string, unknown> | null = null

async function undisturbed(): Promise<Record<string, unknown>> {
  if (clean !== null) return clean
  const peaceful = await stack.fresh({ simulator })
  await peaceful.run()
  clean = await sameness(openArchive(peaceful.blobUrl, stack.services.credential))
  await peaceful.close()
  return clean
}

const CUSTOM = /usagedetailsbycustomdate/
const SECOND_PAGE = /skiptoken=1000/

describe('a fault of the source that passes', () => {
  const faults: [string, FaultRule[]][] = [
    [
      '429 with Retry-After',
      [{ kind: 'status', status: 429, retryAfter: '0', match: CUSTOM, times: 2 }],
    ],
    [
      '500, 502, 503, 504 in a row',
      [500, 502, 503, 504].map((status) => ({
        kind: 'status',
        status,
        match: SECOND_PAGE,
        times: 1,
      })),
    ],
    ['a connection that is reset', [{ kind: 'reset', match: SECOND_PAGE, times: 2 }]],
    ['a body cut in the middle', [{ kind: 'cut', match: SECOND_PAGE, times: 2 }]],
    ['a body that ends early as if that were all', [{ kind: 'truncate', times: 3 }]],
    ['HTML with status 200', [{ kind: 'garbage', skip: 1, times: 3 }]],
    ['a slow body', [{ kind: 'slow', delayMs: 300, match: SECOND_PAGE, times: 1 }]],
    [
      'a restatement between two pages',
      [{ kind: 'restate', match: SECOND_PAGE, skip: 1, times: 1 }],
    ],
    ['faults at a rate of 20 %', [{ kind: 'status', status: 503, rate: 0.2 }]],
  ]
  it.each(faults)('%s: ends in the archive as it should be', async (_, rules) => {
    test.simulator.setFaults(rules)
    await test.run()
    const disturbed = await sameness(stored)
    test.simulator.setFaults([])
    if (rules[0]?.kind === 'restate') {
      // What was restated counts: the snapshot holds what the source says now, no page of before.
      for (const manifest of (await stored.newest()).values()) {
        if (manifest.dataset !== 'usagedetails') continue
        const expected = manifest.parts.flatMap(({ key }) => [
          ...test.simulator.rows(
            `/v3/enrollments/100/usagedetailsbycustomdate?startTime=${key}&endTime=${key}`,
          ),
        ])
        expect(await stored.rows(manifest)).toEqual(expected)
      }
      expect(test.lines.some((line) => line.includes('part.restarted'))).toBe(true)
      return
    }
    expect(disturbed).toEqual(await undisturbed())
    expect(
      test.lines.some((line) => line.includes('source.retry')) || rules[0]?.kind === 'slow',
    ).toBe(true)
  })
})

describe('a fault that stays', () => {
  it.each<[string, FaultRule, string]>([
    ['400', { kind: 'status', status: 400 }, 'SOURCE_BAD_REQUEST'],
    ['403', { kind: 'status', status: 403 }, 'SOURCE_FORBIDDEN'],
    ['404', { kind: 'status', status: 404 }, 'SOURCE_NOT_FOUND'],
    ['418', { kind: 'status', status: 418 }, 'SOURCE_UNEXPECTED_STATUS'],
  ])('%s is not retried, is kept by its name, and hides nothing else', async (_, rule, code) => {
    const match = /usagedetailsbycustomdate.*startTime=2017-04-01/
    test.simulator.setFaults([{ ...rule, match }])
    await test.run()
    const asked = test.simulator.requests.filter((path) => match.test(path))
    expect(asked).toHaveLength(1)
    const series = [...(await stored.newest()).keys()]
    expect(series).not.toContain('usagedetails/201704')
    expect(series).toContain('pricesheet/201704')
    const failure = test.lines.find((line) => line.includes('"part.failed"')) ?? ''
    expect(JSON.parse(failure)).toMatchObject({ code, part: '2017-04-01' })

    test.simulator.setFaults([])
    await test.run() // the timer joins the open plan and drives the failed part again
    expect(await sameness(stored)).toEqual(await undisturbed())
  })
})

describe('keys', () => {
  it('are read anew when refused, then the secondary is tried', async () => {
    const { vault } = stack.services
    const good = vault.secrets.get(test.secret) ?? ''
    vault.secrets.set(test.secret, 'an-expired-key')
    vault.secrets.set(`${test.secret}-secondary`, good)
    const reads = vault.reads.length
    await test.run()
    vault.secrets.delete(`${test.secret}-secondary`)
    expect(await sameness(stored)).toEqual(await undisturbed())
    // Read at first, and once more after the refusal: not once per part.
    expect(vault.reads.length - reads).toBeLessThanOrEqual(4 + 2)
  })

  it('that are all refused are a named failure that says what to do and shows no key', async () => {
    stack.services.vault.secrets.set(test.secret, 'a-wrong-and-secret-key')
    await test
      .run()
      .catch((error: Error) =>
        expect(error.message).toMatch(/401: the key for enrollment 100 was refused/),
      )
    const lines = test.lines.join('\n')
    expect(lines).toMatch(/401: the key for enrollment 100 was refused; store a valid/)
    expect(lines).not.toContain('a-wrong-and-secret-key')
  })

  it('never follow a nextLink to another host', async () => {
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
        dataset: (await import('../../shared/datasets/catalogue.ts')).datasetNamed('usagedetails'),
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
  /** A source that gives the price sheet by a redirect to `location`, and notes who asks for the file. */
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
    expect(whole.rows).toBe(test.simulator.rows(MARCH_ALL).length)
  })

  async function collect({
    archive,
  }: TestArchive['deps']): Promise<{ rows: number; lines: string }> {
    const { datasetNamed } = await import('../../shared/datasets/catalogue.ts')
    const request = {
      dataset: datasetNamed('usagedetails'),
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

describe('the simulator', () => {
  it('gives the same data for the same seed, and other data for another', async () => {
    const start = (seed: number) =>
      startSimulator({ ...simulator, seed, enrollments: ['100'], keys: () => ['k'] })
    const [a, b, c] = await Promise.all([start(1), start(1), start(2)])
    expect(a.rows(MARCH_ALL)).toEqual(b.rows(MARCH_ALL))
    expect(a.rows(MARCH_ALL)).not.toEqual(c.rows(MARCH_ALL))
    await Promise.all([a.close(), b.close(), c.close()])
  })

  it('answers as the contract says: keys, tags, pages, versions, status codes', async () => {
    const sim = await startSimulator({
      ...simulator,
      seed: 1,
      enrollments: ['100'],
      keys: () => ['k'],
    })
    const get = (path: string, headers: Record<string, string> = { authorization: 'bearer k' }) =>
      fetch(sim.url + path, { headers })
    expect((await get(MARCH_ALL, {})).status).toBe(401)
    expect((await get(MARCH_ALL, { authorization: 'bearer x' })).status).toBe(401)
    expect((await get('/v3/enrollments/100/nothing')).status).toBe(404)
    expect(
      (await get('/v3/enrollments/100/usagedetailsbycustomdate?startTime=x&endTime=y')).status,
    ).toBe(400)

    const first = await get(MARCH_ALL)
    const page = (await first.json()) as { data: object[]; nextLink: string | null }
    expect(page.data).toHaveLength(1_000)
    expect(page.nextLink).toMatch(/skiptoken=1000/)
    const etag = first.headers.get('etag') ?? ''
    const again = await get(MARCH_ALL, { authorization: 'bearer k', 'if-none-match': etag })
    expect(again.status).toBe(304)
    expect(await again.text()).toBe('')

    const v1 = (await (await get(MARCH_ALL.replace('v3', 'v1'))).json()) as {
      data: Record<string, unknown>[]
    }
    expect(Object.keys(v1.data[0] ?? {})).toContain('Cost')
    expect(Object.keys(v1.data[0] ?? {})).not.toContain('serviceName')
    sim.setDay('2017-04-03')
    expect(
      (await get(MARCH_ALL, { authorization: 'bearer k', 'if-none-match': etag })).status,
    ).toBe(200)
    await sim.close()
  })
})
