/** A bare server that returns the same bytes from memory: the minimum cost of an answer. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** First the headers of every answer, then the bodies. */
export interface BareMessage {
  readonly headers: Readonly<Record<string, string>>
  readonly etag: string
  readonly bodies: readonly string[]
}

process.once('message', ({ headers, etag, bodies }: BareMessage) => {
  const buffers = bodies.map((body) => Buffer.from(body, 'latin1'))
  let turn = 0
  const server = createServer((request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
    if (request.headers['if-none-match'] === etag) {
      response.statusCode = 304
      response.end()
      return
    }
    response.end(buffers[turn++ % buffers.length])
  })
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo
    process.send?.({ ready: `http://127.0.0.1:${port}` })
  })
})
process.on('disconnect', () => process.exit(0)) // the parent is gone
process.on('SIGINT', () => {}) // the parent decides
