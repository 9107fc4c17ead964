/**
 * A source with minimal cost, as a separate process: it sends prepared pages in turn. It implements only what
 * usage details by day need.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { monthOf } from '../../local/simulator/months.ts'
import { usageRows } from '../data.ts'

/** Its first message. */
export interface PageSourceMessage {
  /** The newest day of the newest month. */
  readonly day: string
  readonly months: number
  readonly pagesPerDay: number
  readonly rowsPerPage: number
  /** Delay of every answer, in milliseconds. */
  readonly latencyMs: number
}

/** Number of distinct pages, which repeat. */
const DISTINCT_PAGES = 32

function start(message: PageSourceMessage): Promise<string> {
  const { pagesPerDay, rowsPerPage, latencyMs } = message
  const bodies = Array.from({ length: Math.min(DISTINCT_PAGES, pagesPerDay * 31) }, (_, i) =>
    Buffer.from(`{"id":"bench","data":[${usageRows(i * rowsPerPage, rowsPerPage).join(',')}],`),
  )
  const periods = Array.from({ length: message.months }, (_, back) => monthOf(message.day, back))
  const list = JSON.stringify(
    periods.map((month) => ({
      billingPeriodId: month.id,
      billingStart: `${month.firstDay}T00:00:00Z`,
      billingEnd: `${month.lastDay}T11:59:59Z`,
      usageDetails: `/v3/enrollments/100/billingperiods/${month.id}/usagedetails`,
    })),
  )

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', `http://${request.headers.host}`)
    if (latencyMs > 0) await delay(latencyMs)
    if (url.pathname.endsWith('/billingperiods')) {
      response.end(list)
      return
    }
    const day = url.searchParams.get('startTime') ?? ''
    const page = Number(url.searchParams.get('skiptoken') ?? '0')
    const etag = `"${day}"`
    response.setHeader('etag', etag)
    if (request.headers['if-none-match'] === etag) {
      response.statusCode = 304
      response.end()
      return
    }
    url.searchParams.set('skiptoken', String(page + 1))
    const link = page + 1 < pagesPerDay ? url.href : null
    const number = Number(day.slice(-2)) * pagesPerDay + page
    const end = Buffer.from(`"nextLink":${JSON.stringify(link)}}`)
    const body = bodies[number % bodies.length] as Buffer
    response.setHeader('content-length', body.length + end.length)
    response.write(body)
    response.end(end)
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.destroy(error as Error))
  })
  server.keepAliveTimeout = 60_000
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    })
  })
}

process.once('message', (message: PageSourceMessage) => {
  void start(message).then((ready) => process.send?.({ ready }))
})
process.on('disconnect', () => process.exit(0))
process.on('SIGINT', () => {}) // the parent decides
