/** Clients that read CSV, directly or as a report: which lines they skip, and how they parse values. */
import { setTimeout as delay } from 'node:timers/promises'
import { parse } from 'csv-parse/sync'
import type { Place } from '../clients/old-clients.ts'
import {
  type Billed,
  digitsBilled,
  held,
  type RealClient,
  send,
  text,
  usageBilled,
} from './client.ts'

const MONTH = '/v3/enrollments/100/usagedetails/download?billingPeriod=201704'
const ROWS = '/v3/enrollments/100/billingPeriods/201704/usagedetails'
const billedMonth = (billed: Billed): string[] => usageBilled(billed(ROWS))

type Named = Record<string, string>

const named = (csv: string): Named[] => parse(csv, { columns: true })
const unnamed = (csv: string): string[][] => parse(csv, { skip_empty_lines: true })
const heldOf = (rows: readonly Named[]): string[] =>
  rows.map(({ InstanceId, Date: day, Cost }) => held(InstanceId, day, Cost))

const withoutLines = (csv: string, count: number): string =>
  csv.split(/\r?\n/).slice(count).join('\n')

/** .NET's decimal.Parse with NumberStyles.Number: no exponent. */
function decimal(value: string): string {
  if (/^-?\d+(\.\d+)?$/.test(value)) return value
  throw new Error(`FormatException: ${value}`)
}

interface Report {
  readonly id: string
  readonly status: number
  readonly reportUrl: string
  readonly blobPath: string
  readonly startDate: string
}

/** Submits, then polls until `isDone`. */
async function reported(
  place: Place,
  path: string,
  body: string | undefined,
  isDone: (report: Report) => boolean,
): Promise<Report> {
  const sent = { method: 'POST', ...(body === undefined ? {} : { body }) }
  let report = (await (await send(place, path, sent)).json()) as Report
  while (!isDone(report)) {
    if ([4, 5, 7].includes(report.status)) throw new Error(`status ${report.status}`)
    await delay(100)
    report = (await (await send(place, report.reportUrl)).json()) as Report
  }
  return report
}

/** Downloads the blob without the key. */
async function blobOf({ blobPath }: Report): Promise<string> {
  const response = await fetch(blobPath)
  if (!response.ok) throw new Error(`${response.status} of the blob`)
  return response.text()
}

const SUBMIT = '/v3/enrollments/100/usagedetails/submit?billingPeriod=201704'

export const csvClients: readonly RealClient[] = [
  {
    name: 'Python, pandas',
    rule: 'read_csv(skiprows=2)',
    run: async (place) => heldOf(named(withoutLines(await text(place, MONTH), 2))),
    expected: billedMonth,
  },
  {
    name: 'PowerShell, Select-Object -Skip 2 | ConvertFrom-Csv',
    rule: 'the header is the third line',
    run: async (place) => heldOf(named(withoutLines(await text(place, MONTH), 2))),
    expected: billedMonth,
  },
  {
    name: 'C#, TextFieldParser, columns by index',
    rule: 'skips three lines; cost is the eighth column, read with decimal.Parse',
    run: async (place) => {
      const rows = unnamed(withoutLines(await text(place, MONTH), 3))
      return rows.map((row) => decimal(row[7] ?? ''))
    },
    expected: (billed) => digitsBilled(billed(ROWS), 'cost'),
  },
  {
    name: 'C#, bool.Parse and DateTime.ParseExact',
    rule: 'True and False; dates as yyyy-MM-dd',
    run: async (place) => {
      const rows = unnamed(withoutLines(await text(place, MONTH), 3))
      return rows.map((row) => {
        const day = row[9] ?? ''
        const separately = row[36] ?? ''
        if (!/^\d{4}-\d\d-\d\d$/.test(day)) throw new Error(`FormatException: ${day}`)
        if (separately !== 'True' && separately !== 'False') throw new Error(separately)
        return `${day} ${separately.toLowerCase()}`
      })
    },
    expected: (billed) =>
      billed(ROWS).map((row) => {
        const { date, chargesBilledSeparately } = JSON.parse(row) as Record<string, unknown>
        return `${String(date).slice(0, 10)} ${String(chargesBilledSeparately)}`
      }),
  },
  {
    name: 'bash and awk, curl -L',
    rule: 'everything from the text AccountId, on',
    run: async (place) => {
      const csv = await text(place, MONTH)
      const from = csv.indexOf('AccountId,')
      if (from < 0) throw new Error('no header')
      return heldOf(named(csv.slice(from)))
    },
    expected: billedMonth,
  },
  {
    name: 'Node, csv lines',
    rule: 'skips lines until one has more than five commas',
    run: async (place) => {
      const lines = (await text(place, MONTH)).split(/\r?\n/)
      const header = lines.findIndex((line) => line.split(',').length > 6)
      return heldOf(named(lines.slice(header).join('\n')))
    },
    expected: billedMonth,
  },
  {
    name: 'Excel, Csv.Document',
    rule: 'Table.Skip(2), promoted headers; the key as password',
    run: async (place) => {
      const basic = Buffer.from(`:${place.key}`).toString('base64')
      const csv = await text(place, MONTH, { headers: { authorization: `Basic ${basic}` } })
      const [header = [], ...rows] = unnamed(withoutLines(csv, 2))
      const at = (name: string): number => header.indexOf(name)
      return rows.map((row) => held(row[at('InstanceId')], row[at('Date')], row[at('Cost')]))
    },
    expected: billedMonth,
  },
  {
    name: 'a client for enrollments in other languages',
    rule: 'column names are Name or Translation (Name)',
    run: async (place) => {
      const rows = named(withoutLines(await text(place, MONTH), 2))
      return rows.map((row) => {
        const find = (name: string): string | undefined =>
          Object.entries(row).find(([key]) => key === name || key.endsWith(`(${name})`))?.[1]
        return held(find('InstanceId'), find('Date'), find('Cost'))
      })
    },
    expected: billedMonth,
  },
  {
    name: 'PowerShell, download of dates, doubled slash',
    rule: '/enrollments//100/usagedetails/download, a month from the first to the first',
    run: async (place) => {
      const query = 'startTime=2017-03-01&endTime=2017-04-01'
      const csv = await text(place, `/v3/enrollments//100/usagedetails/download?${query}`)
      return heldOf(named(withoutLines(csv, 2))).toSorted()
    },
    expected: (billed) => {
      const query = 'startTime=2017-03-01&endTime=2017-04-01'
      return usageBilled(billed(`/v3/enrollments/100/usagedetailsbycustomdate?${query}`)).toSorted()
    },
  },
  {
    name: 'Python, submit and poll (briglx/AzureBillingReports)',
    rule: 'status 3 of seven; the blob without the key',
    run: async (place) => {
      const report = await reported(place, SUBMIT, undefined, ({ status }) => status === 3)
      return heldOf(named(withoutLines(await blobOf(report), 2)))
    },
    expected: billedMonth,
  },
  {
    name: 'PowerShell, submit with the body JSON',
    rule: 'polls until blobPath is a non-empty string',
    run: async (place) => {
      const report = await reported(place, SUBMIT, 'JSON', ({ blobPath }) => {
        // ConvertFrom-Json into a typed object: null is not a string.
        if (typeof blobPath !== 'string') throw new Error('blobPath is not a string')
        return blobPath !== ''
      })
      return heldOf(named(withoutLines(await blobOf(report), 2)))
    },
    expected: billedMonth,
  },
  {
    name: 'azcopy of the blob',
    rule: "the last segment of the link is the file's name: the report's id",
    run: async (place) => {
      const report = await reported(place, SUBMIT, undefined, ({ status }) => status === 3)
      const name = new URL(report.blobPath).pathname.split('/').at(-1) ?? ''
      return [name.replace(report.id, 'id'), report.startDate]
    },
    expected: () => ['id.csv', '2017-04-01T00:00:00'],
  },
]
