/** Clients that read JSON: how each loops over pages, and what it takes an answer for. */

import { NumberText, parseExactly } from '../../shared/rows/exact-json.ts'
import type { Place } from '../clients/old-clients.ts'
import { type Billed, held, type RealClient, type Sent, send, text, usageBilled } from './client.ts'

const MONTH = 'billingPeriods/201704/usagedetails'
const monthOf = (version: string) => (billed: Billed) =>
  usageBilled(billed(`/${version}/enrollments/100/${MONTH}`))

interface Page {
  readonly data: readonly Record<string, unknown>[]
  readonly nextLink?: string | null
}

/** One page after the other while `goesOn` says so. */
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
    if (typeof next !== 'string') throw new Error('the next link is no text')
  }
}

const isText = ({ nextLink }: Page): boolean => Boolean(nextLink)

async function all(place: Place, path: string, sent: Sent = {}): Promise<unknown[]> {
  const value: unknown = JSON.parse(await text(place, path, { ...sent, follows: false }))
  if (!Array.isArray(value)) throw new Error('no array')
  return value
}

const ids = (rows: readonly unknown[]): string[] =>
  rows.map((row) => String((row as Record<string, unknown>)['id']))
const billedIds = (path: string) => (billed: Billed) =>
  ids(billed(path).map((row) => JSON.parse(row) as unknown))

const PRICES = '/v3/enrollments/100/billingPeriods/201704/pricesheet'
const MARKETPLACE = '/v3/enrollments/100/billingPeriods/201704/marketplacecharges'
const BALANCE = 'billingPeriods/201704/balancesummary'

const usageOf = (billed: Billed, version: string): string[] =>
  billed(`/${version}/enrollments/100/${BALANCE}`).map((row) =>
    String((JSON.parse(row) as Record<string, unknown>)['totalUsage']),
  )

export const jsonClients: readonly RealClient[] = [
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
    // Days of an open month are read by usage date: what was billed late comes when it has settled.
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
    rule: 'nextLink is there, and null on the last page',
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
    name: 'Ruby, Net::HTTP',
    rule: 'follows no redirect: a price sheet is a body',
    run: async (place) => ids(await all(place, PRICES)),
    expected: billedIds(PRICES),
  },
  {
    name: 'Java, HttpURLConnection and Jackson',
    rule: 'follows no redirect to another protocol; an array',
    run: async (place) => ids(await all(place, MARKETPLACE)),
    expected: billedIds(MARKETPLACE),
  },
  {
    name: "bash, curl without -L, jq '.[]'",
    rule: 'follows no redirect; gzip where it is asked for',
    run: async (place) => ids(await all(place, PRICES, { headers: { 'accept-encoding': 'gzip' } })),
    expected: billedIds(PRICES),
  },
  {
    name: 'httpie',
    rule: 'follows no redirect; the balance',
    run: async (place) => {
      const [balance] = await all(place, '/v3/enrollments/100/balancesummary')
      return [String((balance as Record<string, unknown>)['currencyCode'])]
    },
    expected: (billed) =>
      billed('/v3/enrollments/100/balancesummary').map((row) =>
        String((JSON.parse(row) as Record<string, unknown>)['currencyCode']),
      ),
  },
  {
    name: 'Power Query, Web.Contents with a name and a password',
    rule: 'the key is the password of basic authentication',
    run: async (place) => {
      const basic = Buffer.from(`excel:${place.key}`).toString('base64')
      const headers = { authorization: `Basic ${basic}` }
      return ids(await all(place, MARKETPLACE, { headers }))
    },
    expected: billedIds(MARKETPLACE),
  },
  {
    name: 'PowerShell, balance, v1',
    rule: '$response.totalUsage of an object',
    run: async (place) => {
      const found: unknown = JSON.parse(await text(place, `/v1/enrollments/100/${BALANCE}`))
      if (Array.isArray(found)) throw new Error('an array has no totalUsage')
      return [String((found as Record<string, unknown>)['totalUsage'])]
    },
    expected: (billed) => usageOf(billed, 'v1'),
  },
  {
    name: 'C#, JArray.Parse of the balance, v3',
    rule: 'response[0].totalUsage',
    run: async (place) => {
      const [first] = await all(place, `/v3/enrollments/100/${BALANCE}`)
      return [String((first as Record<string, unknown>)['totalUsage'])]
    },
    expected: (billed) => usageOf(billed, 'v3'),
  },
  {
    name: 'Python, every route that the list names',
    rule: 'billingperiods, then its routes, under the same host',
    run: async (place) => {
      const listed = (await all(place, '/v3/enrollments/100/billingperiods')) as Record<
        string,
        string | null
      >[]
      const april = listed.find(({ billingPeriodId }) => billingPeriodId === '201704')
      return pages(place, april?.['usageDetails'] ?? '', isText)
    },
    expected: monthOf('v3'),
  },
  {
    name: 'C#, a nightly job with If-None-Match',
    rule: '304 while nothing was refreshed',
    run: async (place) => {
      const first = await send(place, PRICES)
      const headers = { 'if-none-match': first.headers.get('etag') ?? '' }
      const again = await fetch(place.url + PRICES, {
        headers: { authorization: `bearer ${place.key}`, ...headers },
      })
      return [String(again.status), ...ids((await first.json()) as unknown[])]
    },
    expected: (billed) => ['304', ...billedIds(PRICES)(billed)],
  },
  {
    name: 'AutoRest, /v1/swagger',
    rule: 'a Swagger 2.0 document with the operations of usage details',
    run: async (place) => {
      const document = JSON.parse(await text(place, '/v1/swagger')) as {
        swagger: string
        paths: Record<string, unknown>
      }
      const path = '/v1/enrollments/{enrollmentNumber}/usagedetails'
      return [document.swagger, String(Object.hasOwn(document.paths, path))]
    },
    expected: () => ['2.0', 'true'],
  },
  {
    name: 'PowerShell, reservation charges',
    rule: 'a failure that says what to call instead',
    run: async (place) => {
      const response = await fetch(`${place.url}/v3/enrollments/100/reservationcharges`, {
        headers: { authorization: `bearer ${place.key}` },
      })
      const { error } = (await response.json()) as { error: { message: string } }
      return [String(response.status), String(error.message.includes('reservationTransactions'))]
    },
    expected: () => ['404', 'true'],
  },
]
