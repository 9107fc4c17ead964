import { describe, expect, it } from 'vitest'
import { ArchiveError } from '../../../../shared/errors.ts'
import { checkKeys, rememberedKeys } from '../../../../shared/usecases/status/check-keys.ts'

const NOW = new Date('2017-04-01T00:00:00Z')
const SECOND = 1_000

/** A vault that counts requests, and a clock. */
function vaultOf(keys: () => Promise<string[]>) {
  let clock = 0
  const asked: string[] = []
  const read = (enrollment: string): Promise<string[]> => {
    asked.push(enrollment)
    return keys()
  }
  const ring = rememberedKeys({ keys: read, reread: read }, 300 * SECOND, () => clock)
  const check = (...enrollments: string[]) => checkKeys(ring, enrollments, NOW)
  return { asked, check, sleep: (seconds: number) => void (clock += seconds * SECOND) }
}

describe('health', () => {
  it('reads the vault once per enrollment, for any number of concurrent callers', async () => {
    const { asked, check, sleep } = vaultOf(async () => ['a', 'b'])
    const all = Array.from({ length: 20 }, () => check('100', '200'))
    for (const found of await Promise.all(all)) expect(found).toHaveLength(4)
    sleep(299)
    await check('200')
    expect(asked.sort()).toEqual(['100', '200'])
  })

  it('finds another key after the cache has expired', async () => {
    let keys = ['a']
    const { check, sleep } = vaultOf(async () => keys)
    expect(await check('100')).toHaveLength(1)
    keys = ['a', 'b']
    expect(await check('100')).toHaveLength(1)
    sleep(300)
    expect(await check('100')).toHaveLength(2)
  })

  it('asks a vault that did not answer again after half a minute, not at every request', async () => {
    let isDown = true
    const { asked, check, sleep } = vaultOf(async () => {
      if (isDown) throw new ArchiveError('SECRET_UNAVAILABLE', 'Key Vault did not answer')
      return ['a']
    })
    for (let i = 0; i < 10; i++) expect((await check('100'))[0]?.level).toBe('error')
    expect(asked).toHaveLength(1)
    isDown = false
    sleep(30)
    expect((await check('100'))[0]?.level).toBe('unknown')
  })
})
