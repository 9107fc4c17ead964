/** Access with every kind of credential. `npm run conformance` tries them on every route and method. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Credential, credentials } from '../../../conformance/access/credentials.ts'
import { grantKey } from '../../../local/storage-setup.ts'
import { archiveApi } from '../../../shared/http/archive-api.ts'
import { reportingApi } from '../../../shared/http/reporting/reporting-api.ts'
import { apiClient } from '../../../testing/http/api-client.ts'
import { call } from '../../../testing/http/call.ts'
import { type Stack, startStack, type TestArchive } from '../../../testing/stack/archive-stack.ts'

let stack: Stack
let test: TestArchive
let all: Credential[]

beforeAll(async () => {
  stack = await startStack()
  test = await stack.fresh({
    simulator: { day: '2017-05-02', rowsPerDay: 5 },
    settings: { SETTLEMENT_DAYS: '1', BUSINESS_DAY: '2017-05-02', REFRESH_SECONDS: '0' },
  })
  await test.run()
  all = await credentials(stack.services, test)
})
afterAll(async () => {
  await test.close()
  await stack.close()
})

const OLD = '/v3/enrollments/100/billingPeriods/201704/usagedetails'
const ROWS = '/archive/enrollments/100/usagedetails/201704/rows'
const REFRESH = '/archive/enrollments/100/usagedetails/201704/refresh'

/** The statuses for each kind of credential: an old route, rows, a refresh. */
const EXPECTED: Record<Credential['standing'], readonly [number, number, number]> = {
  all: [200, 200, 202],
  reader: [200, 200, 403],
  other: [401, 403, 403],
  roleless: [401, 403, 403],
  none: [401, 401, 401],
  bad: [401, 401, 401],
}

async function statusesWith({ authorization }: Credential, deps = test.deps.http) {
  const headers: Record<string, string> = authorization === null ? {} : { authorization }
  const old = await call((ask) => reportingApi(deps, ask), OLD, { headers })
  const rows = await call((ask) => archiveApi(deps, ask), ROWS, { headers })
  const refresh = await call((ask) => archiveApi(deps, ask), REFRESH, { headers, method: 'POST' })
  return [old.status, rows.status, refresh.status]
}

describe('a caller', () => {
  it('gets only what the credential opens', async () => {
    expect(all.length).toBeGreaterThan(15)
    const found: Record<string, readonly number[]> = {}
    for (const credential of all) found[credential.name] = await statusesWith(credential)
    const expected = all.map(({ name, standing }) => [name, EXPECTED[standing]] as const)
    expect(found).toEqual(Object.fromEntries(expected))
  })

  it('with a token reaches the enrollments that settings open to its principal, or its group', async () => {
    const { entra } = stack.services
    const deps = test.host({ ENTRA_ENROLLMENTS: 'someone:100,the-group:200' }).http
    const statusOf = async (claims: Parameters<typeof entra.token>[0]): Promise<number> => {
      const headers = { authorization: `bearer ${await entra.token(claims)}` }
      return (await call((ask) => archiveApi(deps, ask), ROWS, { headers })).status
    }
    expect(await statusOf({ oid: 'someone' })).toBe(200)
    expect(await statusOf({ oid: 'somebody-else' })).toBe(403)
    expect(await statusOf({ oid: 'somebody-else', groups: ['the-group'] })).toBe(403)
  })

  it('with a token gets 401 if no tenant is set: it is an unknown key', async () => {
    const deps = test.host({ ENTRA_TENANT_ID: '' }).http
    const token = all.find(({ name }) => name === 'a token for reading') as Credential
    expect(await statusesWith(token, deps)).toEqual([401, 401, 401])
  })

  it('learns from an error only what is wrong', async () => {
    const headers = { authorization: 'bearer some-secret-key-0123456789' }
    const response = await call((ask) => archiveApi(test.deps.http, ask), ROWS, { headers })
    expect(response.headers.get('www-authenticate')).toBe('Bearer')
    expect(await response.json()).toEqual({
      type: 'about:blank',
      title: 'unknown key',
      status: 401,
      code: 'UNAUTHORIZED',
    })
  })
})

describe('callers', () => {
  const askOld = (headers: Record<string, string>) =>
    apiClient(test.deps.http, test.key)(OLD, { headers })

  it.each([
    { authorization: '' },
    { authorization: 'bearer wrong' },
    { authorization: 'basic abc' },
  ])('with %j get nothing but 401', async (headers) => {
    const response = await askOld(headers)
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe('Bearer')
  })

  it('with an expired key get 401', async () => {
    const { credential } = stack.services
    const ended = { expiresAt: '2017-01-01T00:00:00.000Z' }
    await grantKey(test.blobUrl, credential, 'old-key', ['100'], ended)
    const response = await askOld({ authorization: 'bearer old-key' })
    expect(response.status).toBe(401)
    expect(response.json()).toMatchObject({
      error: { message: expect.stringMatching(/expired/) as string },
    })
  })
})
