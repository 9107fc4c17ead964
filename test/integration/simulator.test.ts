/** The simulated source has the contract of the real one. */
import { describe, expect, it } from 'vitest'
import { startSimulator } from '../../local/simulator/server.ts'

const simulator = { day: '2017-04-02', months: 1, rowsPerDay: 1_700 }
const APRIL = '/v3/enrollments/100/billingPeriods/201704/usagedetails'

describe('the simulator', () => {
  it('gives the same data for the same seed, and other data for another', async () => {
    const start = (seed: number) =>
      startSimulator({ ...simulator, seed, enrollments: ['100'], keys: () => ['k'] })
    const [a, b, c] = await Promise.all([start(1), start(1), start(2)])
    expect(a.rows(APRIL)).toEqual(b.rows(APRIL))
    expect(a.rows(APRIL)).not.toEqual(c.rows(APRIL))
    await Promise.all([a.close(), b.close(), c.close()])
  })

  it('follows the contract: keys, tags, pages, versions, status codes', async () => {
    const sim = await startSimulator({
      ...simulator,
      seed: 1,
      enrollments: ['100'],
      keys: () => ['k'],
    })
    const get = (path: string, headers: Record<string, string> = { authorization: 'bearer k' }) =>
      fetch(sim.url + path, { headers })
    expect((await get(APRIL, {})).status).toBe(401)
    expect((await get(APRIL, { authorization: 'bearer x' })).status).toBe(401)
    expect((await get('/v3/enrollments/100/nothing')).status).toBe(404)
    expect(
      (await get('/v3/enrollments/100/usagedetailsbycustomdate?startTime=x&endTime=y')).status,
    ).toBe(400)

    const first = await get(APRIL)
    const page = (await first.json()) as { data: object[]; nextLink: string | null }
    expect(page.data).toHaveLength(1_000)
    expect(page.nextLink).toMatch(/skiptoken=1000/)
    const etag = first.headers.get('etag') ?? ''
    const again = await get(APRIL, { authorization: 'bearer k', 'if-none-match': etag })
    expect(again.status).toBe(304)
    expect(await again.text()).toBe('')

    const v1 = (await (await get(APRIL.replace('v3', 'v1'))).json()) as {
      data: Record<string, unknown>[]
    }
    expect(Object.keys(v1.data[0] ?? {})).toContain('Cost')
    expect(Object.keys(v1.data[0] ?? {})).not.toContain('serviceName')
    sim.setDay('2017-04-03')
    expect((await get(APRIL, { authorization: 'bearer k', 'if-none-match': etag })).status).toBe(
      200,
    )
    await sim.close()
  })
})
