/** CSV of the simulated API: at once, or as a report to poll. Source: billing-enterprise-api-usage-detail. */
import { randomBytes } from 'node:crypto'
import { stringify } from 'csv-stringify/sync'
import { NumberText, parseExactly, stringifyExactly } from '../../shared/rows/exact-json.ts'
import type { Refusal, Report } from './reports.ts'

/** Something else than JSON rows to answer with. */
export type CsvAnswer =
  | { readonly kind: 'csv'; readonly text: string }
  | { readonly kind: 'json'; readonly value: object }
  | ({ readonly kind: 'refusal' } & Refusal)

export interface CsvReports {
  /** Null if the request is for no CSV. Files need no key: their links are signed. */
  answer(method: string, url: URL): CsvAnswer | null
  isFile(url: URL): boolean
}

interface Submitted {
  readonly text: string | null
  readonly requestedOn: Date
  readonly path: string
  readonly enrollment: string
  readonly days: readonly [first: string, last: string]
  polls: number
}

const ROUTE =
  /^\/(v[123])\/enrollments\/(\w+)\/usagedetails\/(download|submit|reports\/([0-9a-f]+))$/i
const FILE = /^\/files\/([0-9a-f]+)\.csv$/

/** Polls until a report is in progress, then completed. */
const POLLS_UNTIL_RUNNING = 1
const POLLS_UNTIL_COMPLETED = 2

/** `find`: the report at a URL, as rows. */
export function csvReports(find: (url: URL) => Report | Refusal): CsvReports {
  const submitted = new Map<string, Submitted>()

  function rowsOf(url: URL, version: string, enrollment: string): Report | Refusal {
    const get = (name: string): string | undefined =>
      [...url.searchParams].find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1]
    const period = get('billingPeriod')
    const root = `/${version}/enrollments/${enrollment}`
    const path =
      period === undefined
        ? `usagedetailsbycustomdate?startTime=${get('startTime')}&endTime=${get('endTime')}`
        : `billingperiods/${period}/usagedetails`
    return find(new URL(`${root}/${path}`, url))
  }

  function stateOf(id: string, report: Submitted, url: URL): CsvAnswer {
    const { text, polls, requestedOn, enrollment, path, days } = report
    const isDone = polls >= POLLS_UNTIL_COMPLETED
    const done = text === null ? 5 : 3
    const status = isDone ? done : polls >= POLLS_UNTIL_RUNNING ? 2 : 1
    return {
      kind: 'json',
      value: {
        id,
        enrollmentNumber: enrollment,
        requestedOn: requestedOn.toISOString(),
        status,
        blobPath: status === 3 ? new URL(`/files/${id}.csv?sig=${id}`, url).href : null,
        reportUrl: new URL(path, url).href,
        startDate: days[0],
        endDate: days[1],
      },
    }
  }

  return {
    isFile: (url) => FILE.test(url.pathname),
    answer(method, url) {
      const file = submitted.get(FILE.exec(url.pathname)?.[1] ?? '')
      if (file !== undefined) return { kind: 'csv', text: file.text ?? '' }
      const match = ROUTE.exec(url.pathname)
      if (match === null) return null
      const [, version = '', enrollment = '', action = '', reportId] = match
      if (reportId !== undefined) {
        const report = submitted.get(reportId)
        if (report === undefined || report.enrollment !== enrollment) {
          return { kind: 'refusal', status: 404, message: 'Report not found' }
        }
        report.polls++
        return stateOf(reportId, report, url)
      }
      const isSubmit = action.toLowerCase() === 'submit'
      if (isSubmit !== (method === 'POST')) {
        return { kind: 'refusal', status: 404, message: 'Report endpoint not found' }
      }
      const found = rowsOf(url, version.toLowerCase(), enrollment)
      if ('status' in found) return { kind: 'refusal', ...found }
      if (!isSubmit) return { kind: 'csv', text: csvOf(found.rows) }
      const id = randomBytes(16).toString('hex')
      const dates = found.rows.map((row) => /"date":"(\d{4}-\d{2}-\d{2})/.exec(row)?.[1] ?? '')
      const report: Submitted = {
        text: found.rows.length === 0 ? null : csvOf(found.rows),
        requestedOn: new Date(),
        path: `/${version}/enrollments/${enrollment}/usagedetails/reports/${id}`,
        enrollment,
        days: [dates[0] ?? '', dates.at(-1) ?? ''],
        polls: 0,
      }
      submitted.set(id, report)
      return stateOf(id, report, url)
    },
  }
}

/** Columns as the first row has its fields; numbers by their own text. */
function csvOf(rows: readonly string[]): string {
  const parsed = rows.map((row) => parseExactly(row) as Record<string, unknown>)
  const columns = Object.keys(parsed[0] ?? {})
  const records = parsed.map((row) => columns.map((name) => fieldOf(row[name])))
  return stringify([columns, ...records], { record_delimiter: '\r\n' })
}

function fieldOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (value instanceof NumberText) return value.text
  return typeof value === 'string' ? value : stringifyExactly(value)
}
