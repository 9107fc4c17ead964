import type { RequestListener, Server } from 'node:http'
import { createServer as createHttpServer } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Certificate } from './certificate.ts'

export interface LoopbackServer {
  readonly url: string
  close(): Promise<void>
}

/**
 * A server on 127.0.0.1; with a certificate it uses https. `port` 0 takes a free one. `maxHeaderSize` is in
 * bytes.
 */
export async function loopbackServer(
  listener: RequestListener,
  options: { port?: number; certificate?: Certificate; maxHeaderSize?: number } = {},
): Promise<LoopbackServer> {
  const { certificate, maxHeaderSize } = options
  const limits = maxHeaderSize === undefined ? {} : { maxHeaderSize }
  const server: Server =
    certificate === undefined
      ? createHttpServer(limits, listener)
      : createHttpsServer({ ...limits, cert: certificate.cert, key: certificate.key }, listener)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `${certificate === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
