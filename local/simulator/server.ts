/** A server that implements the contract of consumption.azure.com, for any client. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { type Bill, type BillOptions, bill } from './bill.ts'
import { type CsvAnswer, csvReports } from './csv-reports.ts'
import { type FaultRule, type Faults, faults } from './faults.ts'
import { type PreparedPage, type PreparedReport, prepareReport } from './pages.ts'
import { randomFor } from './random.ts'
import { findReport } from './reports.ts'

export interface SimulatorOptions extends BillOptions {
  readonly enrollments: readonly string[]
  /** The server's current day, `yyyy-MM-dd`; absent: the clock's current day. */
  readonly day?: string
  /** 0 for a free one. */
  readonly port?: number
  /** Keys of an enrollment: primary and secondary. */
  readonly keys: (enrollment: string) => readonly string[]
  /** Delay of every answer, in milliseconds. */
  readonly latencyMs?: number
}

export interface Simulator {
  readonly url: string
  readonly bill: Bill
  /** Path and query of every received request, in order. */
  readonly requests: readonly string[]
  day(): string
  setDay(day: string): void
  setFaults(rules: readonly FaultRule[]): void
  /** How many faults have occurred. */
  faultCount(): number
  /** The current rows of a report, each as its JSON text. */
  rows(pathAndQuery: string): readonly string[]
  close(): Promise<void>
}

export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { enrollments } = options
  const requests: string[] = []
  const known = bill(options)
  const prepared = new Map<string, PreparedReport>()
  let fixedDay = options.day
  const day = (): string => fixedDay ?? new Date().toISOString().slice(0, 10)
  let restatements = 0
  let faultCount = 0
  let active: Faults = faults([], randomFor('no faults'))

  function reportAt(url: URL): PreparedReport | { status: number; message: string } {
    const query = new URLSearchParams(url.search)
    query.delete('skiptoken')
    const today = day()
    const key = `${today} ${restatements} ${url.pathname}?${query.toString()}`
    const found = prepared.get(key)
    if (found !== undefined) return found
    const report = findReport(known, enrollments, url, today)
    if ('status' in report) return report
    const made = prepareReport(report)
    prepared.set(key, made)
    return made
  }

  const csv = csvReports((url) => findReport(known, enrollments, url, day()))

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', `http://${request.headers.host ?? '127.0.0.1'}`)
    const pathAndQuery = url.pathname + url.search
    requests.push(pathAndQuery)
    const fault = active.next(pathAndQuery)
    if (fault !== null) faultCount++
    if (options.latencyMs) await delay(options.latencyMs)
    if (fault?.kind === 'reset') return void request.socket.destroy()
    if (fault?.kind === 'hang') return
    if (fault?.kind === 'status') {
      if (fault.retryAfter !== undefined) response.setHeader('retry-after', fault.retryAfter)
      return refuse(response, fault.status ?? 500, 'simulated fault')
    }
    if (!csv.isFile(url) && !isAuthorized(request, url, options)) {
      return refuse(response, 401, 'API key not found, invalid or expired')
    }
    const file = csv.answer(request.method ?? 'GET', url)
    if (file !== null) return sendCsv(response, file)
    if (request.method !== 'GET') return refuse(response, 404, 'Report endpoint not found')
    if (fault?.kind === 'restate') {
      const first = reportAt(url)
      if ('report' in first && first.report.restates !== null) {
        const enrollment = url.pathname.split('/')[3] ?? ''
        known.restate(enrollment, first.report.restates)
        restatements++
      }
    }
    const found = reportAt(url)
    const report = 'status' in found ? found : rewritten(found, fault)
    if ('status' in report) return refuse(response, report.status, report.message)
    const offset = Number(url.searchParams.get('skiptoken') ?? '0')
    const page = Number.isInteger(offset) ? report.page(offset, (next) => linkTo(url, next)) : null
    if (page === null) return refuse(response, 400, 'skiptoken is not valid')
    response.setHeader('etag', report.etag)
    if (request.headers['if-none-match'] === report.etag) {
      response.statusCode = 304
      return void response.end()
    }
    await send(request, response, page, fault)
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (!response.headersSent) refuse(response, 500, String(error))
      else response.destroy()
    })
  })
  server.keepAliveTimeout = 60_000
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`

  return {
    url,
    bill: known,
    requests,
    day,
    setDay(next) {
      fixedDay = next
    },
    setFaults(rules) {
      active = faults(rules, randomFor(`faults/${options.seed}`))
    },
    faultCount: () => faultCount,
    rows(pathAndQuery) {
      const report = reportAt(new URL(pathAndQuery, url))
      if ('status' in report) throw new Error(`${report.status}: ${report.message}`)
      return report.report.rows
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function rewritten(prepared: PreparedReport, fault: FaultRule | null): PreparedReport {
  const { rewrite } = fault ?? {}
  if (rewrite === undefined) return prepared
  const { report } = prepared
  return prepareReport({ ...report, rows: report.rows.flatMap((row) => rewrite(row) ?? []) })
}

function isAuthorized(request: IncomingMessage, url: URL, options: SimulatorOptions): boolean {
  const key = /^bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1]
  const enrollment = url.pathname.split('/')[3] ?? ''
  return key !== undefined && options.keys(enrollment).includes(key)
}

function linkTo(url: URL, offset: number): string {
  const next = new URL(url)
  next.searchParams.set('skiptoken', String(offset))
  return next.href
}

async function send(
  request: IncomingMessage,
  response: ServerResponse,
  page: PreparedPage,
  fault: FaultRule | null,
): Promise<void> {
  const accepts = String(request.headers['accept-encoding'] ?? '').includes('gzip')
  // A body to be corrupted is sent uncompressed, so that the fault is at the intended place.
  const isGzip = accepts && (fault === null || fault.kind === 'rewrite')
  const body = isGzip ? page.gzipped : page.body
  response.setHeader('content-type', 'application/json; charset=utf-8')
  if (isGzip) response.setHeader('content-encoding', 'gzip')
  const middle = body.length >> 1
  switch (fault?.kind) {
    case 'garbage':
      return void response.end('<html><body>Service temporarily busy</body></html>')
    case 'truncate':
      return void response.end(body.subarray(0, middle))
    case 'cut':
      response.setHeader('content-length', body.length)
      await new Promise<void>((resolve) => {
        response.write(body.subarray(0, middle), () => resolve())
      })
      return void response.destroy()
    case 'stall':
      response.setHeader('content-length', body.length)
      return void response.write(body.subarray(0, middle))
    case 'slow':
      response.write(body.subarray(0, middle))
      await delay(fault.delayMs ?? 1_000)
      return void response.end(body.subarray(middle))
    default:
      response.setHeader('content-length', body.length)
      response.end(body)
  }
}

function sendCsv(response: ServerResponse, answer: CsvAnswer): void {
  if (answer.kind === 'refusal') return refuse(response, answer.status, answer.message)
  const isCsv = answer.kind === 'csv'
  response.setHeader('content-type', isCsv ? 'text/csv; charset=utf-8' : 'application/json')
  response.end(isCsv ? answer.text : JSON.stringify(answer.value))
}

function refuse(response: ServerResponse, status: number, message: string): void {
  response.statusCode = status
  response.setHeader('content-type', 'application/json; charset=utf-8')
  response.end(JSON.stringify({ error: { code: String(status), message } }))
}
