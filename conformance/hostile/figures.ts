/** Hostile requests: none may cause an internal error, a leak or a hang. */

import pMap from 'p-map'
import { atLeast, exactly, type Figure } from '../../bench/measure.ts'
import { randomFor } from '../../local/simulator/random.ts'
import { grantKey } from '../../local/storage-setup.ts'
import { newKey } from '../../shared/usecases/access/caller-keys.ts'
import { startStack } from '../../testing/stack/archive-stack.ts'
import { type Served, serve } from '../served.ts'
import { type RawAnswer, type RawRequest, sendRaw } from './raw-request.ts'
import { type Known } from './request-kind.ts'
import { hostileRequest } from './requests.ts'

const AT_ONCE = 16
const TIMEOUT_MS = 10_000

/** Text in rows of the other enrollment that reveals a leak. */
const MARKERS = 50

export async function hostileFigures(
  count: number,
  seed: number,
  say: (line: string) => void,
): Promise<Figure[]> {
  const stack = await startStack()
  const served = await serve(stack, {
    simulator: { day: '2017-05-12', rowsPerDay: 50, enrollments: ['100', '200'] },
    settings: { ENROLLMENTS: '100,200', WAIT_SECONDS: '1' },
  })
  const key = newKey()
  await grantKey(served.archive.blobUrl, stack.services.credential, key, ['100'])
  const known: Known = {
    host: new URL(served.url).host,
    key,
    token: await stack.services.entra.token(),
    skiptoken: await skiptokenOf(served, key),
  }
  const secrets = await secretsOf(served)
  const random = randomFor(`hostile/${seed}`)
  const requests = Array.from({ length: count }, (_, index) => hostileRequest(random, known, index))
  const statuses = new Map<number, number>()
  let wrong = 0
  let done = 0
  await pMap(
    requests,
    async (request) => {
      let fault: string | null
      try {
        const answer = await sendRaw(new URL(served.url), request, TIMEOUT_MS)
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
        fault = faultOf(request, answer, secrets)
      } catch (error) {
        fault = (error as Error).message
      }
      if (fault !== null) {
        wrong++
        say(`WRONG ${request.what}: ${request.method} ${request.target.slice(0, 300)}: ${fault}`)
      }
      if (++done % 2_000 === 0) say(`${done} of ${count} requests, ${wrong} wrong`)
    },
    { concurrency: AT_ONCE },
  )
  const told = [...statuses]
    .sort(([a], [b]) => a - b)
    .map(([status, times]) => `${status}: ${times}`)
  say(`answers by status: ${told.join(', ')}`)
  for (const line of served.failures) say(`FAILED ${line.slice(0, 300)}`)
  await served.close()
  await stack.close()
  return [
    atLeast('hostile', done, 10_000, 'requests'),
    exactly('hostile-wrong', wrong + served.failures.length, 0, 'requests'),
  ]
}

function faultOf(
  { method }: RawRequest,
  { status, head, body }: RawAnswer,
  secrets: readonly string[],
): string | null {
  if (status >= 500) return `status ${status} ${body.slice(0, 200)}`
  if (status === 0 && method === 'GET') return 'no answer'
  const leaked = secrets.find((secret) => body.includes(secret) || head.includes(secret))
  if (leaked !== undefined) return `leaks ${leaked.slice(0, 40)}`
  if (/\n\s+at .+:\d+:\d+/.test(body)) return 'shows a stack'
  return null
}

async function skiptokenOf({ url }: Served, key: string): Promise<string> {
  const headers = { authorization: `bearer ${key}` }
  const path = '/v3/enrollments/100/billingPeriods/201704/usagedetails'
  const page = (await (await fetch(url + path, { headers })).json()) as { nextLink: string }
  return new URL(page.nextLink).searchParams.get('skiptoken') ?? ''
}

/** Texts that no answer to a caller of enrollment 100 may contain. */
async function secretsOf({ archive }: Served): Promise<string[]> {
  const theirs = archive.simulator
    .rows('/v3/enrollments/200/billingPeriods/201704/usagedetails')
    .slice(0, MARKERS)
    .map((row) => /"instanceId":"([^"]+)"/.exec(row)?.[1] ?? '')
  const own = archive.simulator
    .rows('/v3/enrollments/100/billingPeriods/201704/usagedetails')
    .join()
  const root = new URL('../../', import.meta.url).pathname
  return [
    ...theirs.filter((marker) => marker.length > 20 && !own.includes(marker)),
    archive.key,
    root,
    `node_modules/`,
  ]
}
