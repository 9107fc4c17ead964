import type { SecretClient } from '@azure/keyvault-secrets'
import { describe, expect, it } from 'vitest'
import { keyVaultKeyRing } from '../../../shared/secrets/key-vault.ts'

describe('a vault that does not answer', () => {
  it('times out, and the next caller tries again', async () => {
    let asked = 0
    const getSecret: SecretClient['getSecret'] = (_name, options) => {
      if (++asked > 1) return Promise.resolve({ value: 'key' } as never)
      return new Promise((_resolve, reject) => {
        options?.abortSignal?.addEventListener('abort', () => reject(new Error('aborted')))
      })
    }
    const ring = keyVaultKeyRing({ getSecret }, ['of-{enrollment}'], 20)
    const [first, second] = await Promise.allSettled([ring.keys('100'), ring.keys('100')])
    expect([first, second].map((each) => each.status)).toEqual(['rejected', 'rejected'])
    expect(first).toMatchObject({
      reason: { code: 'SECRET_UNAVAILABLE', message: expect.stringContaining('within 0.02 s') },
    })
    expect(await ring.keys('100')).toEqual(['key'])
  })
})
