/** Clients of unpaged answers: price sheet, Marketplace, balance, and missing routes. */
import type { Place } from '../clients/old-clients.ts'
import { type Billed, type RealClient, type Sent, send, text } from './client.ts'

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

export const reportClients: readonly RealClient[] = [
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
    rule: 'follows no redirect; gzip if requested',
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
