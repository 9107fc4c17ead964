import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import type { Report } from './reports.ts'

/** Rows per page: the API's maximum. */
const PAGE_ROWS = 1_000

/** How many pages of a report are cached: enough for tests, and not too much for large reports. */
const KEPT_PAGES = 16

/** A report divided into pages, ready to be sent. */
export interface PreparedReport {
  readonly report: Report
  readonly etag: string
  /** The page that begins at row `offset`; null if there is none. `link` creates the next page's URL. */
  page(offset: number, link: (offset: number) => string): PreparedPage | null
}

export interface PreparedPage {
  readonly body: Buffer
  readonly gzipped: Buffer
}

/** Prepares a report once; pages are generated on demand. */
export function prepareReport(report: Report): PreparedReport {
  const hash = createHash('sha1')
  for (const row of report.rows) hash.update(row)
  const etag = `"${hash.digest('hex')}"`
  const pages = new Map<string, PreparedPage>()

  return {
    report,
    etag,
    page(offset, link) {
      const count = report.shape === 'envelope' ? PAGE_ROWS : report.rows.length
      if (offset > 0 && offset >= report.rows.length) return null
      const isLast = offset + count >= report.rows.length
      const nextLink = isLast ? null : link(offset + count)
      const key = `${offset} ${nextLink}`
      const found = pages.get(key)
      if (found !== undefined) return found
      const body = Buffer.from(bodyOf(report, report.rows.slice(offset, offset + count), nextLink))
      const made = { body, gzipped: gzipSync(body, { level: 1 }) }
      pages.set(key, made)
      if (pages.size > KEPT_PAGES) pages.delete(pages.keys().next().value ?? '')
      return made
    },
  }
}

function bodyOf(report: Report, rows: readonly string[], nextLink: string | null): string {
  if (report.shape === 'object') return rows[0] ?? '{}'
  if (report.shape === 'array') return `[${rows.join(', ')}]` // with white space, as some servers send
  const id = JSON.stringify(report.path.replace(/^\/v\d\//i, ''))
  return `{"id":${id},"data":[${rows.join(',')}],"nextLink":${JSON.stringify(nextLink)}}`
}
