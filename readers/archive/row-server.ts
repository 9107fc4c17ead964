/** A source over HTTP whose rows a measurement chooses, for bills that the simulator does not have. */
import { createHash } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export const PERIOD = '201704'
export const FIRST_DAY = '2017-04-01'

/** Rows of a dataset as JSON texts: of one usage day, or of the whole period (null). */
export type RowsOf = (dataset: string, day: string | null) => readonly string[]

export interface RowServer {
  readonly url: string
  close(): Promise<void>
}

/** Rows per page: the API's maximum. */
const PAGE_ROWS = 1_000

/** Serves one billing period. */
export async function startRowServer(rowsOf: RowsOf): Promise<RowServer> {
  let origin = ''
  const server = createServer(({ url: target = '/', headers }, response) => {
    const url = new URL(target, origin)
    const [, dataset = '', isByDay] =
      /\/(\w+?)(bycustomdate)?$/.exec(url.pathname.toLowerCase()) ?? []
    const day = isByDay === undefined ? null : url.searchParams.get('startTime')
    const rows = rowsOf(dataset, day)
    const etag = `"${createHash('sha1').update(rows.join('\n')).digest('hex')}"`
    response.setHeader('etag', etag)
    if (headers['if-none-match'] === etag) {
      response.writeHead(304).end()
      return
    }
    response.setHeader('content-type', 'application/json')
    response.end(bodyOf(url, dataset, rows))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { url: origin, close: () => closed(server) }
}

function bodyOf(url: URL, dataset: string, rows: readonly string[]): string {
  if (dataset !== 'usagedetails') return `[${rows.join(',')}]`
  const offset = Number(url.searchParams.get('skiptoken') ?? '0')
  const page = rows.slice(offset, offset + PAGE_ROWS)
  const next = new URL(url)
  next.searchParams.set('skiptoken', String(offset + PAGE_ROWS))
  const nextLink = offset + PAGE_ROWS < rows.length ? next.href : null
  return `{"id":"rows","data":[${page.join(',')}],"nextLink":${JSON.stringify(nextLink)}}`
}

/** The list of periods that names the datasets of {@link PERIOD}. */
export function periodRow(): string {
  const path = (dataset: string): string =>
    `/v3/enrollments/100/billingperiods/${PERIOD}/${dataset}`
  return JSON.stringify({
    billingPeriodId: PERIOD,
    billingStart: `${FIRST_DAY}T00:00:00Z`,
    billingEnd: '2017-04-30T11:59:59Z',
    balanceSummary: path('balancesummary'),
    usageDetails: path('usagedetails'),
    marketplaceCharges: path('marketplacecharges'),
    priceSheet: path('pricesheet'),
  })
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise((resolve) => server.close(() => resolve()))
}
