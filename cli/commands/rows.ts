/** Rows from a terminal, by the routes of the HTTP function. */
import { type Connection, linked, send } from '../../client/src/send.ts'
import { datasetNamed } from '../../shared/datasets/catalogue.ts'
import { columnsAt } from '../../shared/datasets/columns-at.ts'
import type { DatasetName } from '../../shared/datasets/dataset.ts'
import type { ColumnDefinition } from '../../shared/rows/row-layout.ts'
import { type Screen, screenOf } from '../../terminal/screen.ts'
import type { Output } from '../../terminal/streams.ts'
import { table } from '../../terminal/table.ts'
import { checkOneName, namedSeries } from '../arguments.ts'
import { enrollmentAt, withConnection } from '../connection.ts'
import type { GlobalFlags } from '../flags.ts'
import type { Invocation } from '../invocation.ts'
import { counted, type Outcome } from '../outcome.ts'
import { writeOut } from '../write-out.ts'
import type { SeriesFlags } from './series-named.ts'

export interface RowsFlags extends SeriesFlags {
  readonly where?: readonly string[]
  readonly select?: readonly string[]
  readonly format?: 'table' | 'csv' | 'json' | 'ndjson'
  /** Infinity for all. */
  readonly limit?: number
  readonly number?: number
  readonly asOf?: string
  readonly url?: string
}

/** Rows per page, and rows shown in a table by default. */
const PAGE_ROWS = 5_000
const TABLE_ROWS = 20

/** Columns of a table if none are selected: no terminal has room for all. */
const SHOWN: Partial<Record<DatasetName, readonly string[]>> = {
  usagedetails: ['date', 'subscriptionName', 'meterName', 'consumedQuantity', 'cost'],
  marketplacecharges: ['usageStartDate', 'publisherName', 'offerName', 'planName', 'extendedCost'],
  pricesheet: ['meterName', 'unitOfMeasure', 'unitPrice', 'currencyCode'],
  balancesummary: ['currencyCode', 'beginningBalance', 'utilized', 'totalUsage', 'endingBalance'],
  billingperiods: ['billingPeriodId', 'billingStart', 'billingEnd'],
}

/** How many columns a table has of a dataset for which none were chosen. */
const SHOWN_COLUMNS = 5

function shownColumns(dataset: DatasetName): readonly string[] {
  return (
    SHOWN[dataset] ??
    newestColumns(dataset)
      .slice(0, SHOWN_COLUMNS)
      .map(({ name }) => name)
  )
}

function newestColumns(name: DatasetName): readonly ColumnDefinition[] {
  const dataset = datasetNamed(name)
  return columnsAt(dataset, dataset.rowsVersion).definitions
}

/** Prints rows as they arrive, except for a table, which is short. */
export async function rows(
  flags: GlobalFlags,
  invocation: Invocation,
  dataset: string,
  words: readonly string[],
  options: RowsFlags,
): Promise<Outcome | null> {
  const named = namedSeries(dataset, words, options.enrollment)
  checkOneName(options)
  const { stdout, env } = invocation
  const byDefault = stdout.isTTY === true ? 'table' : 'csv'
  const format = flags.json ? 'json' : (options.format ?? byDefault)
  return withConnection(flags, invocation, options.url, async (connection) => {
    const enrollment = await enrollmentAt(connection, named.enrollment)
    const series = `/archive/enrollments/${enrollment}/${named.dataset}/${named.billingPeriod}`
    const path = options.number === undefined ? 'rows' : `snapshots/${options.number}/rows`
    const url = new URL(`${series}/${path}`, connection.url)
    if (options.source !== undefined) url.searchParams.set('source', options.source)
    if (options.asOf !== undefined) url.searchParams.set('asOf', options.asOf)
    for (const condition of options.where ?? []) url.searchParams.append('where', condition)
    const columns = options.select ?? (format === 'table' ? shownColumns(named.dataset) : undefined)
    if (columns !== undefined) url.searchParams.set('select', columns.join(','))
    if (format === 'table') {
      const screen = screenOf(stdout, { isExact: flags.exact, env })
      return shown(connection, url, named.dataset, columns ?? [], screen, options)
    }
    await streamed(connection, url, stdout, format, options.limit ?? Infinity)
    return null
  })
}

type Page = { readonly number: number; readonly takenAt: string; readonly settled: boolean } & {
  readonly rows: readonly Readonly<Record<string, unknown>>[]
  readonly next: string | null
}

async function shown(
  connection: Connection,
  url: URL,
  dataset: DatasetName,
  columns: readonly string[],
  screen: Screen,
  { limit = TABLE_ROWS, select }: RowsFlags,
): Promise<Outcome> {
  url.searchParams.set('format', 'json')
  url.searchParams.set('decimals', 'text')
  const found: Page['rows'][number][] = []
  let page: Page | null = null
  for (let next: URL | null = url; next !== null && found.length < limit; ) {
    next.searchParams.set('limit', String(Math.min(limit - found.length, PAGE_ROWS)))
    page = (await (await send(connection, 'GET', next, undefined)).json()) as Page
    found.push(...page.rows)
    next = page.next === null ? null : linked(connection, page.next)
  }
  const { number = 0, takenAt = '', settled = false, next = null } = page ?? {}
  const known = new Map(newestColumns(dataset).map((column) => [column.name, column]))
  const { costColumn } = datasetNamed(dataset)
  const isNumber = (name: string): boolean => known.get(name)?.kind === 'number'
  const text = table(
    screen,
    columns.map((title) =>
      isNumber(title) ? { title, align: 'right' as const } : { title, least: 8 },
    ),
    found.map((row) =>
      columns.map((name) => {
        const value = textOf(row[name])
        if (name === costColumn) return screen.amount(value)
        return isNumber(name) ? screen.quantity(value) : value.replace(/T00:00:00Z?$/, '')
      }),
    ),
  )
  const state = settled ? 'settled' : 'unsettled'
  const about = [
    `${next === null ? '' : 'the first '}${counted(found.length, 'row')} of snapshot ${number}, taken ${screen.time(takenAt)}, ${state}${next === null ? '' : '; --limit all shows all'}`,
    ...(select === undefined ? ['--select shows other columns, --format csv all of them'] : []),
    ...(screen.isExact ? [] : ['amounts are rounded; --exact shows every digit']),
  ]
  return { text: `${text}\n${screen.style('dim', about.join('\n'))}`, json: found, exitCode: 0 }
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** Copies page by page as received: no digit is parsed, and nothing is kept in memory. */
async function streamed(
  connection: Connection,
  first: URL,
  stdout: Output,
  format: 'csv' | 'json' | 'ndjson',
  limit: number,
): Promise<void> {
  first.searchParams.set('format', format === 'csv' ? 'csv' : 'ndjson')
  let left = limit
  let isFirst = true // of what is written
  for (let next: URL | null = first; next !== null && left > 0; ) {
    next.searchParams.set('limit', String(Math.min(left, PAGE_ROWS)))
    const response: Response = await send(connection, 'GET', next, undefined)
    const link: string | undefined = /<([^>]+)>; *rel="?next/.exec(
      response.headers.get('link') ?? '',
    )?.[1]
    const text: string = await response.text()
    if (format === 'csv') {
      // Every page has the header row; the file has it once.
      await writeOut(stdout, isFirst ? text : text.slice(text.indexOf('\r\n') + 2))
      if (Number.isFinite(left)) left -= recordsIn(text)
      isFirst = false
    } else {
      const lines = text === '' ? [] : text.trimEnd().split('\n')
      left -= lines.length
      if (format === 'ndjson') await writeOut(stdout, text)
      else if (lines.length > 0)
        await writeOut(stdout, `${isFirst ? '[' : ',\n'}${lines.join(',\n')}`)
      if (lines.length > 0) isFirst = false
    }
    next = link === undefined ? null : linked(connection, link)
  }
  if (format === 'json') await writeOut(stdout, isFirst ? '[]\n' : ']\n')
}

/** Counts the records of a CSV page without its header: line ends outside quotes. */
function recordsIn(csv: string): number {
  let records = -1
  let isQuoted = false
  for (let i = 0; i < csv.length; i++) {
    const code = csv.charCodeAt(i)
    if (code === 34) isQuoted = !isQuoted
    else if (code === 10 && !isQuoted) records++
  }
  return records
}
