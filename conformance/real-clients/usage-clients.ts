/** Clients that read usage as JSON: how they loop over pages, and how they detect the last one. */
import { NumberText, parseExactly } from '../../shared/rows/scan/exact-json.ts'
import type { Place } from '../clients/old-clients.ts'
import { type Billed, held, type RealClient, type Sent, text, usageBilled } from './client.ts'

const MONTH = 'billingPeriods/201704/usagedetails'
const monthOf = (version: string) => (billed: Billed) =>
  usageBilled(billed(`/${version}/enrollments/100/${MONTH}`))

interface Page {
  readonly data: readonly Record<string, unknown>[]
  readonly nextLink?: string | null
}

/** One page after another while `goesOn` is true. */
async function pages(
  place: Place,
  path: string,
  goesOn: (page: Page) => boolean,
  sent: Sent = {},
): Promise<string[]> {
  const rows: string[] = []
  for (let next: string | null | undefined = path; ; ) {
    const page = JSON.parse(await text(place, next, sent)) as Page
    for (const row of page.data) {
      rows.push(
        held(row['instanceId'], String(row['date']).slice(0, 10), row['cost'] ?? row['Cost']),
      )
    }
    if (!goesOn(page)) return rows
    next = page.nextLink
    if (typeof next !== 'string') throw new Error('the next link is not a string')
  }
}

const isText = ({ nextLink }: Page): boolean => Boolean(nextLink)

export const usageClients: readonly RealClient[] = [
  {
    name: 'PowerShell, Invoke-WebRequest, v1 (Gordonby/Snippets)',
    rule: 'while ($usageUrl -ne $null)',
    run: (place) =>
      pages(place, `/v1/enrollments/100/${MONTH}`, ({ nextLink }) => nextLink != null),
    expected: monthOf('v1'),
  },
  {
    name: 'PowerShell, Invoke-RestMethod, v2, doubled slash',
    rule: 'while ($next); /v2/enrollments//100/…',
    run: (place) => pages(place, `/v2/enrollments//100/${MONTH}`, isText),
    expected: monthOf('v2'),
  },
  {
    name: 'Python requests',
    rule: 'while result["nextLink"] is not None',
    run: (place) =>
      pages(place, `/v3/enrollments/100/${MONTH}`, (page) => {
        if (!Object.hasOwn(page, 'nextLink')) throw new Error('KeyError')
        return page.nextLink !== null
      }),
    expected: monthOf('v3'),
  },
  {
    name: 'Python, the open month page by page',
    rule: 'a page of less than 1,000 rows is the last one',
    run: (place) =>
      pages(place, '/v3/enrollments/100/usagedetails', ({ data }) => data.length === 1_000),
    // An open month is fetched by usage date, so late charges come when it has settled.
    expected: (billed) =>
      usageBilled(billed('/v3/enrollments/100/usagedetails')).filter((row) =>
        row.includes(' 2017-05-'),
      ),
  },
  {
    name: 'C#, Newtonsoft, IsNullOrEmpty',
    rule: 'while (!string.IsNullOrEmpty(nextLink))',
    run: (place) => pages(place, `/V3/Enrollments/100/BillingPeriods/201704/UsageDetails`, isText),
    expected: monthOf('v3'),
  },
  {
    name: 'C#, do … while (nextLink != null), api-version header',
    rule: 'nextLink is present, and null on the last page',
    run: (place) =>
      pages(place, `/v3/enrollments/100//${MONTH}`, ({ nextLink }) => nextLink !== null, {
        headers: { 'api-version': '1.0', accept: 'application/json' },
      }),
    expected: monthOf('v3'),
  },
  {
    name: 'Node, request with a callback that calls itself',
    rule: 'if (body.nextLink)',
    run: (place) => pages(place, `/v3/enrollments/100/${MONTH}?skip=1`, isText),
    expected: monthOf('v3'),
  },
  {
    name: 'R, httr and jsonlite, custom dates',
    rule: 'while (!is.null(nextLink)), dates as yyyy-MM-dd',
    run: (place) =>
      pages(
        place,
        '/v2/enrollments/100/usagedetailsbycustomdate?startTime=2017-04-03&endTime=2017-04-05',
        isText,
      ),
    expected: (billed) =>
      usageBilled(
        billed(
          '/v2/enrollments/100/usagedetailsbycustomdate?startTime=2017-04-03&endTime=2017-04-05',
        ),
      ),
  },
  {
    name: 'C#, ToShortDateString',
    rule: 'dates as M/d/yyyy',
    run: (place) =>
      pages(
        place,
        '/v3/enrollments/100/usagedetailsbycustomdate?startTime=4/3/2017&endTime=4/5/2017',
        isText,
      ),
    expected: (billed) =>
      usageBilled(
        billed(
          '/v3/enrollments/100/usagedetailsbycustomdate?startTime=2017-04-03&endTime=2017-04-05',
        ),
      ),
  },
  {
    name: 'JavaScript, toISOString',
    rule: 'dates as yyyy-MM-ddT00:00:00Z',
    run: (place) =>
      pages(
        place,
        '/v3/enrollments/100/usagedetailsbycustomdate?startTime=2017-04-03T00:00:00Z&endTime=2017-04-05T00:00:00Z',
        isText,
      ),
    expected: (billed) =>
      usageBilled(
        billed(
          '/v3/enrollments/100/usagedetailsbycustomdate?startTime=2017-04-03&endTime=2017-04-05',
        ),
      ),
  },
  {
    name: 'bash, dates without zeros',
    rule: 'dates as yyyy-M-dd',
    run: (place) =>
      pages(
        place,
        '/v3/enrollments/100/usagedetailsbycustomdate?startTime=2017-4-03&endTime=2017-4-05',
        isText,
      ),
    expected: (billed) =>
      usageBilled(
        billed(
          '/v3/enrollments/100/usagedetailsbycustomdate?startTime=2017-04-03&endTime=2017-04-05',
        ),
      ),
  },
  {
    name: 'C#, decimal and long',
    rule: 'amounts into decimal, ids into Int64',
    run: async (place) => {
      const page = parseExactly(await text(place, `/v3/enrollments/100/${MONTH}`)) as {
        data: Record<string, NumberText>[]
      }
      return page.data.map(({ resourceRate, accountId }) => {
        if (BigInt.asIntN(64, BigInt(accountId?.text ?? '')) !== BigInt(accountId?.text ?? '')) {
          throw new Error('no Int64')
        }
        return resourceRate instanceof NumberText ? resourceRate.text : ''
      })
    },
    expected: (billed) => {
      const rows = billed(`/v3/enrollments/100/${MONTH}`).slice(0, 1_000)
      return rows.map((row) => (/"resourceRate":([^,}]+)/.exec(row)?.[1] ?? '').replace('null', ''))
    },
  },
  {
    name: 'Python, every route that the list names',
    rule: 'billingperiods, then its routes, under the same host',
    run: async (place) => {
      const listed = JSON.parse(await text(place, '/v3/enrollments/100/billingperiods')) as Record<
        string,
        string | null
      >[]
      const april = listed.find(({ billingPeriodId }) => billingPeriodId === '201704')
      return pages(place, april?.['usageDetails'] ?? '', isText)
    },
    expected: monthOf('v3'),
  },
]
