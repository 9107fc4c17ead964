/** Each failure has its own code: storage, the source, the tenant, or a composition. */
import { describe, expect, it } from 'vitest'
import { entraTokens } from '../../../shared/access/entra-tokens.ts'
import { ArchiveError, type ErrorCode } from '../../../shared/errors.ts'
import { problemOf } from '../../../shared/http/problem.ts'
import { compositionFailed } from '../../../shared/usecases/downloads/composition-failed.ts'

const problem = (error: unknown) => problemOf(error, 'r-1')

/** A token that claims to be the tenant's. */
const TOKEN = [{ alg: 'RS256' }, { iss: 'http://127.0.0.1:1/t/v2.0' }]
  .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
  .join('.')
  .concat('.c2lnbmF0dXJl')

describe('a problem', () => {
  it.each<[ErrorCode, string, RegExp]>([
    ['STORAGE_UNAVAILABLE', 'UNAVAILABLE', /storage does not answer/],
    ['SOURCE_UNAVAILABLE', 'SOURCE_UNAVAILABLE', /source does not answer/],
    ['TENANT_UNAVAILABLE', 'TENANT_UNAVAILABLE', /tenant/],
  ])('of %s is 503 %s', (code, shown, message) => {
    const found = problem(new ArchiveError(code, 'inner details'))
    expect(found).toMatchObject({ status: 503, code: shown, retryAfter: 10 })
    expect(found.message).toMatch(message)
    expect(found.message).toContain('r-1')
    expect(found.message).not.toContain('inner details')
  })

  it('of a failed composition says so, and that a new request starts it again', () => {
    const failure = { code: 'BLOB_NOT_FOUND', message: 'inner details' }
    expect(problem(compositionFailed(failure))).toEqual({
      status: 500,
      code: 'COMPOSITION_FAILED',
      message: expect.stringMatching(/could not be composed.*again in a minute.*r-1/),
    })
  })

  it('of unreadable tenant keys is not a storage failure', async () => {
    const tokens = entraTokens({
      authority: new URL('http://127.0.0.1:1'),
      tenantId: 't',
      audiences: ['a'],
      scopes: [],
    })
    expect(tokens.isOurs(TOKEN)).toBe(true)
    await expect(tokens.verify(TOKEN)).rejects.toMatchObject({ code: 'TENANT_UNAVAILABLE' })
  })
})
