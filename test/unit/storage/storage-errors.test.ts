/** Messages about storage failures. */

import { CredentialUnavailableError } from '@azure/identity'
import { RestError } from '@azure/storage-blob'
import { describe, expect, it } from 'vitest'
import { storageError } from '../../../shared/storage/storage-errors.ts'

const SECRET = 'sig=the-signature'
const url = `https://account.blob.core.windows.net/billing-snapshots?comp=list&${SECRET}`

/** An error of the SDK, which contains its request. */
const restError = (options: { code?: string; statusCode?: number }): Error =>
  Object.assign(new RestError('x', options), { request: { url } })

const messageOf = (error: unknown): string => storageError(error, 'listing ea-reporting/').message

describe('an error of storage', () => {
  it.each([
    [restError({ code: 'ENOTFOUND' }), 'no such host'],
    [restError({ code: 'ECONNREFUSED' }), 'nothing listens there'],
    [restError({}), 'time-out'],
    [restError({ statusCode: 500 }), 'answered 500'],
    [restError({ statusCode: 503, code: 'ServerBusy' }), 'answered ServerBusy'],
    [
      restError({ statusCode: 403, code: 'AuthorizationPermissionMismatch' }),
      "check the identity's roles",
    ],
  ])('names the account and the cause: %#', (error, words) => {
    const message = messageOf(error)
    expect(message).toMatch(/^listing ea-reporting\/: /)
    expect(message).toContain('account.blob.core.windows.net')
    expect(message).toContain(words)
    expect(message).not.toContain(SECRET)
  })

  it('says what to do without an identity', () => {
    const message = messageOf(new CredentialUnavailableError('long\nlist of what was tried'))
    expect(message).toContain('az login')
  })

  it('has the first line of any other error, without addresses', () => {
    const message = messageOf(new TypeError(`bad https://a.example/x?${SECRET}\nat line 2`))
    expect(message).toBe('listing ea-reporting/: the request failed (TypeError: bad …)')
  })
})
