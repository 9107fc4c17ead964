import { connect } from 'node:net'

/** A request as bytes, which need not be valid. */
export interface RawRequest {
  /** Its purpose, in words. */
  readonly what: string
  readonly method: string
  readonly target: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string
}

/** Status 0: the connection was closed without an answer, which is allowed. */
export interface RawAnswer {
  readonly status: number
  readonly head: string
  readonly body: string
}

/** Sends it over a new connection; rejects if there is neither an answer nor an end in time. */
export function sendRaw(url: URL, request: RawRequest, timeoutMs: number): Promise<RawAnswer> {
  const { method, target, headers, body } = request
  const lines = [
    `${method} ${target} HTTP/1.1`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    'Connection: close',
  ]
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const socket = connect(Number(url.port), url.hostname, () => {
      socket.write(Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`, 'latin1'))
    })
    const timer = setTimeout(() => {
      socket.destroy()
      reject(new Error('no answer in time'))
    }, timeoutMs)
    const done = (): void => {
      clearTimeout(timer)
      const text = Buffer.concat(chunks).toString('latin1')
      const end = text.indexOf('\r\n\r\n')
      const head = end < 0 ? text : text.slice(0, end)
      const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0)
      resolve({ status, head, body: end < 0 ? '' : text.slice(end + 4) })
    }
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    socket.on('close', done)
    socket.on('error', () => {}) // 'close' follows
  })
}
