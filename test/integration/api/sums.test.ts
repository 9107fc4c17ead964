/** Differences, totals and refreshes over HTTP. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sumTexts } from '../../../shared/rows/decimal/decimal.ts'
import { follow, startTwoDays } from '../../../testing/api/api-bench.ts'
import { type Ask, apiClient } from '../../../testing/http/api-client.ts'

const ROOT = '/archive/enrollments/100'
const USAGE = `${ROOT}/usagedetails/201704`
const OPEN = `${ROOT}/usagedetails/201705`

let bench: Awaited<ReturnType<typeof startTwoDays>>
let ask: Ask

beforeAll(async () => {
  bench = await startTwoDays({ REFRESH_SECONDS: '1' })
  ask = bench.ask
})
afterAll(() => bench.close())

describe('differences and sums', () => {
  it('show which rows changed and by how much', async () => {
    const found = (await ask(`${OPEN}/diff?rows=1000`)).json<{
      from: { number: number }
      to: { number: number }
      added: number
      removed: number
      totals: { column: string; from: string; to: string; difference: string }[]
      changes: { kind: string; row: object }[]
    }>()
    expect([found.from.number, found.to.number]).toEqual([1, 2])
    expect(found.added).toBeGreaterThan(found.removed)
    expect(found.changes).toHaveLength(found.added + found.removed)
    const [cost] = found.totals
    expect(sumTexts([cost?.from ?? '', cost?.difference ?? ''])).toBe(cost?.to)
    expect((await ask(`${USAGE}/diff`)).status).toBe(404)
  })

  it('sum exactly by one or two columns over periods', async () => {
    const url = `${ROOT}/usagedetails/totals?groupBy=billingPeriod,meterCategory&sum=cost&from=201704&to=201704`
    const found = (await ask(url)).json<{
      groups: { key: Record<string, string>; rows: number; totals: { cost: string } }[]
      rows: number
      totals: { cost: string }
      snapshots: object[]
    }>()
    const rows = bench.test.simulator.rows('/v3/enrollments/100/billingPeriods/201704/usagedetails')
    const expected = new Map<string, string[]>()
    for (const row of rows) {
      const { meterCategory } = JSON.parse(row) as { meterCategory: string }
      const cost = /"cost":([^,}]+)/.exec(row)?.[1] ?? ''
      expected.set(meterCategory, [...(expected.get(meterCategory) ?? []), cost])
    }
    expect(found.groups).toHaveLength(expected.size)
    for (const { key, rows: count, totals } of found.groups) {
      const costs = expected.get(key['meterCategory'] ?? '') ?? []
      expect([key['billingPeriod'], count]).toEqual(['201704', costs.length])
      expect(totals.cost).toBe(sumTexts(costs))
    }
    expect(found.rows).toBe(rows.length)
    expect(found.snapshots).toHaveLength(1)
    const manifest = (await ask(`${USAGE}/snapshots/1`)).json<{ totals: { cost: string } }>()
    expect(found.totals.cost).toBe(manifest.totals.cost)
  })

  it('are composed by a worker where there are many rows', async () => {
    const deps = bench.test.host({ WAIT_ROWS: '10' })
    const few = apiClient(deps.http, bench.test.key)
    for (const url of [`${OPEN}/diff`, `${ROOT}/usagedetails/totals?groupBy=meterName`]) {
      expect((await few(url)).status).toBe(202)
      await bench.test.compose()
      const { status, headers } = await few(url)
      expect(status).toBe(307)
      const composed = (await (await follow(headers.get('location'))).json()) as object
      expect(composed).toEqual((await ask(url)).json<object>())
    }
  })
})

describe('a refresh', () => {
  it('opens a plan once, reports its progress, and is rate limited', async () => {
    bench.test.simulator.setDay('2017-05-05')
    await new Promise((done) => setTimeout(done, 1_100))
    const first = await ask(`${OPEN}/refresh`, { method: 'POST' })
    expect(first.status).toBe(202)
    const state = first.json<{ id: string; url: string; status: string; parts: { done: number } }>()
    expect(state).toMatchObject({ status: 'running', parts: { done: 0, of: 4 } })
    const slow = apiClient(bench.test.host({ REFRESH_SECONDS: '300' }).http, bench.test.key)
    const second = await slow(`${OPEN}/refresh`, { method: 'POST' })
    expect(second.json<{ id: string }>().id).toBe(state.id)
    await bench.test.drain()
    const done = (await ask(state.url)).json<{ status: string; number: number }>()
    expect(done).toMatchObject({ status: 'sealed', number: 3 })
    const soon = await slow(`${OPEN}/refresh`, { method: 'POST' })
    expect(soon.status).toBe(429)
    expect(Number(soon.headers.get('retry-after'))).toBeGreaterThan(200)
  })

  it.each([
    [`${ROOT}/usagedetails/201612/refresh`, 404],
    [`${ROOT}/usagedetails/all/refresh`, 400],
  ])('of %s is %i', async (url, status) => {
    expect((await ask(url, { method: 'POST' })).status).toBe(status)
  })
})
