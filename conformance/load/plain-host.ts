/** Our handlers behind plain node:http, with the settings of a function host. */
import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readConfig } from '../../shared/config.ts'
import { createDeps } from '../../shared/deps.ts'
import { reportingApi } from '../../shared/http/reporting/reporting-api.ts'
import { jsonLog } from '../../shared/log.ts'

const log = jsonLog((level, line) => {
  if (level === 'error') process.stderr.write(`${line}\n`)
})
const { http } = createDeps(readConfig(), log)

const server = createServer((request, response) => {
  const { host = '127.0.0.1', ...headers } = request.headers
  const header = (name: string): string | null => {
    const value = headers[name]
    return typeof value === 'string' ? value : null
  }
  const url = new URL(`http://${host}${request.url}`)
  reportingApi(http, { method: request.method ?? 'GET', url, header, id: randomUUID() }).then(
    ({ status, headers: given, body }) => {
      const bytes = body.reduce((sum, piece) => sum + piece.length, 0)
      response.writeHead(status, bytes === 0 ? given : { ...given, 'content-length': bytes })
      for (const piece of body) response.write(piece)
      response.end()
    },
    (error: unknown) => response.destroy(error as Error),
  )
})
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo
  process.send?.({ ready: `http://127.0.0.1:${port}` })
})
process.on('disconnect', () => process.exit(0)) // the parent is gone
process.on('SIGINT', () => {}) // the parent decides
