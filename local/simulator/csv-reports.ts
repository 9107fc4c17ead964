/** CSV of the simulated API: immediate, or as a report to poll. Source: billing-enterprise-api-usage-detail. */
import { randomBytes } from 'node:crypto'
import { stringify } from 'csv-stringify/sync'
import { NumberText, parseExactly, stringifyExactly } from '../../shared/rows/scan/exact-json.ts'
import type { Refusal, Report } from './reports.ts'

/** An answer other than JSON rows. */
export type CsvAnswer =
  | { readonly kind: 'csv'; readonly text: string }
  | { readonly kind: 'json'; readonly value: object }
  | ({ readonly kind: 'refusal' } & Refusal)

export interface CsvReports {
  /** Null if the request is not for CSV. Files need no key: their links are signed. */
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

/** How many polls until a report is in progress, and until it is completed. */
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
        blobPath: status === 3 ? new URL(`/files/${id}.csv?sig=${id}`, url).href : '',
        reportUrl: new URL(path, url).href,
        startDate: `${days[0]}T00:00:00`,
        endDate: `${days[1]}T00:00:00`,
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
      if (!isSubmit) return { kind: 'csv', text: csvOf(found.rows, match[1]) }
      const id = randomBytes(16).toString('hex')
      const dates = found.rows.map((row) => /"date":"(\d{4}-\d{2}-\d{2})/.exec(row)?.[1] ?? '')
      const report: Submitted = {
        text: found.rows.length === 0 ? null : csvOf(found.rows, match[1]),
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

/** Columns as in a stored download; those missing in v1 and v2 come last. */
const COLUMNS =
  'AccountId,AccountName,AccountOwnerEmail,AdditionalInfo,ConsumedQuantity,ConsumedService,ConsumedServiceId,Cost,' +
  'CostCenter,Date,DepartmentId,DepartmentName,InstanceId,MeterCategory,MeterId,MeterName,MeterRegion,' +
  'MeterSubCategory,Product,ProductId,ResourceGroup,ResourceLocation,ResourceLocationId,ResourceRate,' +
  'ServiceAdministratorId,ServiceInfo1,ServiceInfo2,StoreServiceIdentifier,SubscriptionGuid,SubscriptionId,' +
  'SubscriptionName,Tags,UnitOfMeasure,PartNumber,ResourceGuid,OfferId,ChargesBilledSeparately,Location,' +
  'ServiceName,ServiceTier'
const COLUMNS_BEFORE_V3 = 33

/** A title, an empty line, then the rows, as .NET wrote them. */
function csvOf(rows: readonly string[], version = 'v3'): string {
  const all = COLUMNS.split(',')
  const columns = version.toLowerCase() === 'v3' ? all : all.slice(0, COLUMNS_BEFORE_V3)
  const records = rows.map((row) => {
    const parsed = parseExactly(row) as Record<string, unknown>
    const byName = new Map(
      Object.entries(parsed).map(([name, value]) => [name.toLowerCase(), value]),
    )
    return columns.map((name) => fieldOf(name, byName.get(name.toLowerCase())))
  })
  const table = stringify([columns, ...records], { record_delimiter: '\r\n' })
  return `Usage report of enrollment\r\n\r\n${table}`
}

function fieldOf(name: string, value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (value instanceof NumberText) return inPlainDigits(value.text)
  if (name === 'Date' && typeof value === 'string') return value.replace('T00:00:00', '')
  return typeof value === 'string' ? value : stringifyExactly(value)
}

/** Exponents of amounts are negative, and small. */
function inPlainDigits(text: string): string {
  const [mantissa = '', exponent] = text.split(/e-/i)
  if (exponent === undefined) return text
  const [sign, digits] = mantissa.startsWith('-') ? ['-', mantissa.slice(1)] : ['', mantissa]
  const [whole = '', fraction = ''] = digits.split('.')
  const shifted = `${'0'.repeat(Number(exponent))}${whole}`
  const point = shifted.length - Number(exponent)
  const before = shifted.slice(0, point).replace(/^0+(?=\d)/, '') || '0'
  return `${sign}${before}.${shifted.slice(point)}${fraction}`
}
