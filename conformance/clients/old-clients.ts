/**
 * Clients in the style of 2017 to 2020, as found in scripts and workbooks: each has its own loop, and for
 * each only the host name has changed.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { parse } from 'csv-parse/sync'
import { parseExactly, stringifyExactly } from '../../shared/rows/scan/exact-json.ts'

/** The host and credential of a client. */
export interface Place {
  readonly url: string
  readonly key: string
}

/** Rows as texts that can be compared: JSON with every digit, or the fields of a CSV record. */
export type Rows = readonly string[]

export interface OldClient {
  readonly name: string
  readonly run: (place: Place) => Promise<Rows>
}

type Page = Record<string, unknown> & { data: unknown[]; nextLink?: string | null }

async function get(
  { key }: Place,
  url: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<Response> {
  const response = await fetch(url, {
    method,
    headers: { authorization: `bearer ${key}`, ...headers },
  })
  if (!response.ok && response.status !== 304) {
    throw new Error(`${response.status} of ${new URL(url).pathname}: ${await response.text()}`)
  }
  return response
}

const texts = (rows: readonly unknown[]): string[] => rows.map((row) => stringifyExactly(row))

async function page(
  place: Place,
  url: string,
  headers: Record<string, string> = {},
): Promise<Page> {
  return parseExactly(await (await get(place, url, headers)).text()) as Page
}

/** `while result["nextLink"] is not None:` */
async function likePython(place: Place, path: string): Promise<Rows> {
  let result = await page(place, place.url + path)
  const rows = texts(result.data)
  while (result.nextLink !== null) {
    if (result.nextLink === undefined) throw new Error("KeyError: 'nextLink'")
    result = await page(place, result.nextLink)
    rows.push(...texts(result.data))
  }
  return rows
}

/** `do { … } while ($result.nextLink)`, with the header that some clients sent. */
async function likePowerShell(place: Place, path: string): Promise<Rows> {
  const rows: string[] = []
  let url: string | null | undefined = place.url + path
  do {
    const result: Page = await page(place, url, {
      'api-version': '1.0',
      accept: 'application/json',
    })
    rows.push(...texts(result.data))
    url = result.nextLink
  } while (url)
  return rows
}

/** `while (nextLink != null)`, with If-None-Match on the first page, which must then be a 304. */
async function likeCSharp(place: Place, path: string): Promise<Rows> {
  const first = await get(place, place.url + path)
  const etag = first.headers.get('etag') ?? ''
  const again = await get(place, place.url + path, { 'if-none-match': etag })
  if (again.status !== 304) throw new Error(`If-None-Match gave ${again.status}`)
  const rows: string[] = []
  let result: Page | null = parseExactly(await first.text()) as Page
  while (result !== null) {
    rows.push(...texts(result.data))
    result = result.nextLink != null ? await page(place, result.nextLink) : null
  }
  return rows
}

/** One body that is a bare array, or one object. */
async function body(place: Place, path: string): Promise<Rows> {
  const value = parseExactly(await (await get(place, place.url + path)).text())
  return Array.isArray(value) ? texts(value) : texts([value])
}

/** Follows all routes in the list of periods. */
async function everything(place: Place, root: string, skip: string): Promise<Rows> {
  const listed = (await (await get(place, `${place.url}${root}/billingperiods`)).json()) as Record<
    string,
    string | null
  >[]
  const rows: string[] = []
  for (const period of listed) {
    if (period['billingPeriodId'] === skip) continue
    const { usageDetails, marketplaceCharges, priceSheet, balanceSummary } = period
    if (usageDetails) rows.push(...(await likePython(place, usageDetails)))
    for (const route of [marketplaceCharges, priceSheet, balanceSummary]) {
      if (route) rows.push(...(await body(place, route)))
    }
  }
  return rows
}

interface Report {
  readonly status: number
  readonly reportUrl: string
  readonly blobPath: string
}

/** Submits, polls until status 3, downloads without the key; statuses 4, 5 and 7 end it. */
async function submitPollDownload(place: Place, path: string): Promise<Rows> {
  let report = (await (await get(place, place.url + path, {}, 'POST')).json()) as Report
  while (report.status !== 3) {
    if ([4, 5, 7].includes(report.status)) return [`status ${report.status}`]
    await delay(100)
    report = (await (await get(place, report.reportUrl)).json()) as Report
  }
  const file = await fetch(report.blobPath)
  if (!file.ok) throw new Error(`${file.status} of blobPath`)
  return records(await file.text())
}

async function download(place: Place, path: string): Promise<Rows> {
  return records(await (await get(place, place.url + path)).text())
}

/** Records with their columns, both in order. */
function records(csv: string): Rows {
  // A title and an empty line precede the header.
  const rows = parse(csv, { columns: true, from_line: 3 }) as Record<string, string>[]
  return rows.map((row) => JSON.stringify(row))
}

const ROOT = '/v3/enrollments/100'
const APRIL = 'billingPeriods/201704'

/** Clients that get the same answers from both hosts once the requested periods have settled. */
export const oldClients: readonly OldClient[] = [
  ...['v1', 'v2', 'v3'].map((version) => ({
    name: `pages of a month, ${version}, as in Python`,
    run: (place: Place) => likePython(place, `/${version}/enrollments/100/${APRIL}/usagedetails`),
  })),
  {
    name: 'pages of a month, as in PowerShell',
    run: (place) => likePowerShell(place, `/V3/Enrollments/100/billingperiods/201704/UsageDetails`),
  },
  {
    name: 'pages of a month with a tag, as in C#',
    run: (place) => likeCSharp(place, `${ROOT}/${APRIL}/usagedetails`),
  },
  {
    name: 'custom dates within a month',
    run: (place) =>
      likePython(place, `${ROOT}/usagedetailsbycustomdate?startTime=2017-03-05&endTime=2017-03-09`),
  },
  {
    name: 'custom dates across months, one day at a time',
    run: async (place) => {
      const rows: string[] = []
      for (let time = Date.UTC(2017, 2, 28); time <= Date.UTC(2017, 3, 3); time += 86_400_000) {
        const day = new Date(time).toISOString().slice(0, 10)
        const query = `StartTime=${day}&EndTime=${day}`
        rows.push(
          ...(await likePowerShell(place, `${ROOT}/usagedetailsbycustomdate?${query}`)).toSorted(),
        )
      }
      return rows
    },
  },
  {
    name: 'Marketplace charges by custom dates',
    run: (place) =>
      body(place, `${ROOT}/marketplacechargesbycustomdate?startTime=2017-03-20&endTime=2017-04-20`),
  },
  ...['marketplacecharges', 'pricesheet', 'balancesummary'].map((dataset) => ({
    name: `${dataset} of a month`,
    run: (place: Place) => body(place, `${ROOT}/${APRIL}/${dataset}`),
  })),
  {
    name: 'every route in the list of periods except those of the open one',
    run: (place) => everything(place, ROOT, '201705'),
  },
  {
    name: 'submit, poll, download of a month',
    run: (place) => submitPollDownload(place, `${ROOT}/usagedetails/submit?billingPeriod=201704`),
  },
  {
    name: 'submit, poll, download of custom dates, v2',
    run: async (place) => {
      const query = 'startTime=2017-03-10&endTime=2017-04-10'
      const path = `/v2/enrollments/100/usagedetails/submit?${query}`
      // The order of late charges is not guaranteed.
      return (await submitPollDownload(place, path)).toSorted()
    },
  },
  {
    name: 'submit without data',
    run: (place) =>
      submitPollDownload(
        place,
        `${ROOT}/usagedetails/submit?startTime=2020-01-01&endTime=2020-01-02`,
      ),
  },
  {
    name: 'download of a month',
    run: (place) => download(place, `${ROOT}/usagedetails/download?billingPeriod=201704`),
  },
]

/** Clients of the open period, compared on a day without late charges. */
export const currentClients: readonly OldClient[] = [
  { name: 'the current usage', run: (place) => likePython(place, `${ROOT}/usagedetails`) },
  {
    name: 'the current usage as CSV',
    run: (place) => download(place, `${ROOT}/usagedetails/download?billingPeriod=201705`),
  },
  ...['marketplacecharges', 'pricesheet', 'balancesummary', 'billingperiods'].map((dataset) => ({
    name: `the current ${dataset}`,
    run: (place: Place) => body(place, `${ROOT}/${dataset}`),
  })),
]
