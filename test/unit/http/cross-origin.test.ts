/** CORS: which pages of other hosts may read answers, and preflights. */
import { describe, expect, it } from 'vitest'
import { readConfig } from '../../../shared/config.ts'
import type { ApiRequest } from '../../../shared/http/api-message.ts'
import { crossOrigin } from '../../../shared/http/cross-origin.ts'

const PORTAL = 'https://portal.example'

function requestFrom(origin: string | null, method = 'GET'): ApiRequest {
  const headers = new Headers(origin === null ? {} : { origin })
  return {
    method,
    url: new URL('https://billing.example/archive/enrollments'),
    header: (name) => headers.get(name),
    id: 'request-1',
  }
}

async function headersFor(origins: readonly string[], origin: string | null, method = 'GET') {
  let asked = 0
  const { status, headers } = await crossOrigin(origins, requestFrom(origin, method), async () => {
    asked++
    return { status: 401, headers: { vary: 'accept' }, body: [] }
  })
  return { status, headers, asked }
}

describe('pages of other hosts', () => {
  it('may read nothing if no origin is set', async () => {
    for (const method of ['GET', 'OPTIONS']) {
      const { headers } = await headersFor([], PORTAL, method)
      expect(Object.keys(headers).filter((name) => name.startsWith('access-'))).toEqual([])
    }
  })

  it('of an allowed origin may read every answer, including errors', async () => {
    const { status, headers } = await headersFor([PORTAL], PORTAL)
    expect(status).toBe(401)
    expect(headers['access-control-allow-origin']).toBe(PORTAL)
    expect(headers['access-control-expose-headers']).toMatch(/etag.*link.*retry-after/)
    expect(headers).not.toHaveProperty('access-control-allow-credentials')
  })

  it.each(['https://portal.example.evil', 'http://portal.example', 'null', `${PORTAL}:8443`])(
    'of %s may not read, because it is another origin',
    async (origin) => {
      for (const method of ['GET', 'OPTIONS']) {
        const { headers } = await headersFor([PORTAL], origin, method)
        expect(headers).not.toHaveProperty('access-control-allow-origin')
        expect(headers['vary']).toMatch(/origin/)
      }
    },
  )

  it('learn from a preflight without a credential what they may send', async () => {
    const { status, headers, asked } = await headersFor(
      ['https://a.example', PORTAL],
      PORTAL,
      'OPTIONS',
    )
    expect({ status, asked }).toEqual({ status: 204, asked: 0 })
    expect(headers).toMatchObject({
      'access-control-allow-origin': PORTAL,
      'access-control-allow-methods': expect.stringMatching(/GET.*POST/),
      'access-control-allow-headers': expect.stringMatching(/authorization.*if-none-match/),
      'access-control-max-age': '600',
    })
  })

  it('may all read with *', async () => {
    const { headers } = await headersFor(['*'], 'https://any.example')
    expect(headers['access-control-allow-origin']).toBe('*')
  })

  it('change nothing for other clients except caching headers', async () => {
    const { status, headers, asked } = await headersFor([PORTAL], null)
    expect({ status, headers, asked }).toEqual({
      status: 401,
      headers: { vary: 'accept, origin' },
      asked: 1,
    })
  })
})

describe('CORS_ORIGINS', () => {
  const enough = {
    ENROLLMENTS: '100',
    KEY_VAULT_URI: 'https://vault.example',
    ARCHIVE_STORAGE__blobServiceUri: 'https://a.blob.example',
    ARCHIVE_STORAGE__queueServiceUri: 'https://a.queue.example',
  }

  it('has no default, and accepts origins', () => {
    expect(readConfig(enough).CORS_ORIGINS).toEqual([])
    const given = `${PORTAL}, HTTP://localhost:3000`
    expect(readConfig({ ...enough, CORS_ORIGINS: given }).CORS_ORIGINS).toEqual([
      PORTAL,
      'http://localhost:3000',
    ])
  })

  it.each(['portal.example', `${PORTAL}/`, `${PORTAL}/path`, 'https://*.example', 'null'])(
    'rejects %s, which is not an origin',
    (origin) => {
      const read = () => readConfig({ ...enough, CORS_ORIGINS: origin })
      expect(read).toThrow(/CORS_ORIGINS is wrong/)
    },
  )
})
