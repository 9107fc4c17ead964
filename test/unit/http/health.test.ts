/** Health reports what is wrong with archived data, and fails only with storage. */

import { describe, expect, it } from 'vitest'
import { ArchiveError } from '../../../shared/errors.ts'
import { planName } from '../../../shared/format/layout.ts'
import type { HttpDeps } from '../../../shared/http/http-deps.ts'
import { type MemoryHttp, memoryHttp } from '../../../testing/simulation/memory-http.ts'
import { withParsedPeriods } from '../../../testing/sources/changed-source.ts'

interface Health {
  readonly status: string
  readonly series: {
    readonly enrollment: string
    readonly dataset: string
    readonly billingPeriod: string
    readonly status: string
    readonly failed: { readonly code: string; readonly message: string }[]
  }[]
  readonly keys: { readonly enrollment: string }[]
}

const ROW = '[{"cost":1,"date":"2017-04-01T00:00:00"}]'

async function archived(change?: (deps: HttpDeps) => HttpDeps): Promise<MemoryHttp> {
  const http = await memoryHttp({}, change)
  for (const enrollment of ['100', '200']) {
    await http.archive({ enrollment, billingPeriod: '201704' }, ROW)
  }
  return http
}

/** A source whose archived list is unreadable. */
const withoutList = (deps: HttpDeps): HttpDeps => ({
  ...deps,
  archive: withParsedPeriods(deps.archive, () => {
    throw new ArchiveError('SOURCE_BAD_VALUE', 'billingEnd of row 3 is null')
  }),
})

async function healthOf(http: MemoryHttp): Promise<Health> {
  const answer = await http.ask('/archive/health')
  expect(answer.status).toBe(200)
  return answer.json<Health>()
}

describe('health', () => {
  it('names the enrollment whose list of periods is unreadable, and why; the other is not affected', async () => {
    const http = await archived(withoutList)
    await http.archive({ dataset: 'billingperiods', billingPeriod: 'all' }, '[{}]')
    const health = await healthOf(http)
    expect(health.status).toBe('failed')
    const failed = health.series.filter(({ status }) => status === 'failed')
    expect(new Set(failed.map(({ enrollment }) => enrollment))).toEqual(new Set(['100']))
    expect(failed[0]?.failed[0]).toMatchObject({
      code: 'SOURCE_BAD_VALUE',
      message: expect.stringMatching(/billingEnd/),
    })
    const other = health.series.find((each) => {
      return each.enrollment === '200' && each.dataset === 'usagedetails'
    })
    expect(other?.status).toBe('archived')
    expect(health.keys.map(({ enrollment }) => enrollment).sort()).toEqual(['100', '200'])
  })

  it.each(['{}', 'not JSON', ''])('reports a plan with the content %j', async (text) => {
    const http = await archived()
    const series = {
      source: 'ea-reporting',
      dataset: 'usagedetails',
      enrollment: '100',
      billingPeriod: '201704',
    }
    const name = planName(series)
    const { etag } = await http.storage.state.read(name)
    await http.storage.state.write(name, Buffer.from(text), etag)
    const health = await healthOf(http)
    expect(health.status).toBe('failed')
    const failed = health.series.filter(({ status }) => status === 'failed')
    expect(failed.map(({ enrollment }) => enrollment)).toEqual(['100'])
    expect(failed[0]?.failed[0]?.code).toMatch(/^FORMAT_/)
    expect(failed[0]?.failed[0]?.message).toContain('plan.json')
  })

  it('is 503 if storage does not answer, for probes and for callers', async () => {
    const down = async (): Promise<never> => {
      throw new ArchiveError('STORAGE_UNAVAILABLE', 'no answer')
    }
    const http = await archived((deps) => ({
      ...deps,
      archive: {
        ...deps.archive,
        state: {
          ...deps.archive.state,
          // oxlint-disable-next-line require-yield
          async *folders() {
            await down()
          },
        },
      },
    }))
    const answer = await http.ask('/archive/health')
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '10'])
  })
})
