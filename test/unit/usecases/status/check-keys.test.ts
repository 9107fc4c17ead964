import { SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import { ArchiveError } from '../../../../shared/errors.ts'
import type { KeyRing } from '../../../../shared/sources/key-ring.ts'
import { checkKeys } from '../../../../shared/usecases/status/check-keys.ts'

const NOW = new Date('2017-04-01T00:00:00Z')

function ringOf(...keys: string[]): KeyRing {
  return { keys: async () => keys, reread: async () => keys }
}

function keyOf(days: number): Promise<string> {
  return new SignJWT({})
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime(NOW.getTime() / 1_000 + days * 86_400)
    .sign(Buffer.alloc(32))
}

describe('keys of the source', () => {
  it.each([
    [31, 'ok'],
    [30, 'ok'],
    [29, 'warning'],
    [7, 'warning'],
    [6, 'error'],
    [-1, 'error'],
  ])('with %i days left are %s', async (days, level) => {
    const [found] = await checkKeys(ringOf(await keyOf(days)), ['100'], NOW)
    expect(found).toMatchObject({ enrollment: '100', place: 1, daysLeft: days, level })
  })

  it('are identified by their place, and never shown', async () => {
    const keys = [await keyOf(100), 'an-opaque-key']
    const found = await checkKeys(ringOf(...keys), ['100'], NOW)
    expect(found.map(({ place, level }) => [place, level])).toEqual([
      [1, 'ok'],
      [2, 'unknown'],
    ])
    for (const key of keys) expect(JSON.stringify(found)).not.toContain(key)
  })

  it('that the vault does not return are an error of that enrollment only', async () => {
    const keys = async (enrollment: string): Promise<string[]> => {
      if (enrollment === '200') throw new ArchiveError('SECRET_NOT_FOUND', 'no such secret')
      return [await keyOf(90)]
    }
    const found = await checkKeys({ keys, reread: keys }, ['100', '200'], NOW)
    expect(found.map(({ level }) => level)).toEqual(['ok', 'error'])
  })
})
