/** Content encodings over real sockets, as servers and proxies spell them. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { deflateSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type HttpClient, httpClient } from '../../../../shared/sources/http/http-client.ts'

const TEXT = '{"data":[]}'
let encoding = ''
let body: Buffer
let server: Server
let client: HttpClient

beforeAll(async () => {
  server = createServer((_request, response) => {
    response.writeHead(200, encoding === '' ? {} : { 'content-encoding': encoding }).end(body)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  client = httpClient({ connections: 1, headersTimeoutMs: 10_000, bodyTimeoutMs: 10_000 })
})
afterAll(async () => {
  await client.close()
  server.close()
})

async function read(contentEncoding: string, bytes: Buffer): Promise<string> {
  ;[encoding, body] = [contentEncoding, bytes]
  const { port } = server.address() as AddressInfo
  const answer = await client.get(`http://127.0.0.1:${port}/`, {}, AbortSignal.timeout(10_000))
  const pieces: Buffer[] = []
  for await (const piece of answer.body) pieces.push(piece)
  return Buffer.concat(pieces).toString()
}

describe('a body', () => {
  it.each(['gzip', 'GZIP', 'x-gzip', 'X-GZip', ' gzip ', 'identity, gzip'])(
    'in %j is read',
    async (name) => {
      expect(await read(name, gzipSync(TEXT))).toBe(TEXT)
    },
  )

  it.each(['', 'identity', 'Identity'])('in %j is read unchanged', async (name) => {
    expect(await read(name, Buffer.from(TEXT))).toBe(TEXT)
  })

  it('that is compressed twice is decompressed twice', async () => {
    expect(await read('gzip, x-gzip', gzipSync(gzipSync(TEXT)))).toBe(TEXT)
  })

  it.each(['br', 'deflate', 'zstd', 'gzip, br'])(
    'in %j, which was not requested, fails by name',
    async (name) => {
      await expect(read(name, deflateSync(TEXT))).rejects.toMatchObject({
        code: 'SOURCE_BAD_VALUE',
        message: expect.stringContaining(JSON.stringify(name)),
      })
      expect(await read('gzip', gzipSync(TEXT))).toBe(TEXT) // the connection is not stuck
    },
  )
})
