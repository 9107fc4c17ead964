/** The access matrix: every route, with every method, by every kind of credential. */
import { atLeast, exactly, type Figure } from '../../bench/measure.ts'
import { startStack } from '../../testing/stack/archive-stack.ts'
import { type Served, serve } from '../served.ts'
import { type Credential, credentials } from './credentials.ts'
import { type PathValues, type Target, targets } from './targets.ts'

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/** Counted by hand, from docs/http-api.md and credentials.ts, so that a missing case is noticed. */
const ROUTES = 34
const CREDENTIALS = 21

export async function accessFigures(say: (line: string) => void): Promise<Figure[]> {
  const stack = await startStack()
  const served = await serve(stack, {
    simulator: { day: '2017-05-12', rowsPerDay: 20, months: 3 },
    hostSettings: { REFRESH_SECONDS: '0' },
  })
  // A second snapshot, so that `diff` has something to compare.
  const { simulator } = served.archive
  simulator.setFaults([{ kind: 'restate', match: /201704\/usagedetails/, times: 1 }])
  await served.archive.run()
  simulator.setFaults([])
  const all = await credentials(stack.services, served.archive)
  const values = await pathValues(served)
  const there = targets(values)
  let cases = 0
  let wrong = 0
  for (const target of there) {
    for (const method of METHODS) {
      for (const credential of all) {
        const fault = await check(served.url, target, method, credential)
        cases++
        if (fault === null) continue
        wrong++
        say(`WRONG ${method} ${target.path} with ${credential.name}: ${fault}`)
      }
    }
  }
  for (const line of served.failures) say(`FAILED ${line.slice(0, 300)}`)
  say(`${there.length} routes, ${METHODS.length} methods, ${all.length} credentials`)
  await served.close()
  await stack.close()
  return [
    atLeast('access-cases', cases, ROUTES * METHODS.length * CREDENTIALS, 'cases'),
    exactly('access-wrong', wrong + served.failures.length, 0, 'cases'),
  ]
}

/** The expected answer for a route and a credential. */
function expected(target: Target, method: string, { standing }: Credential): number | 'ok' {
  // A preflight never has a credential, and its answer has no data.
  if (method === 'OPTIONS') return 204
  const { family, methods, reach, role, isScoped } = target
  if (!reach.includes(method)) return 404
  const isRight = methods.includes(method)
  if (family === 'swagger') return 'ok'
  if (family === 'reporting') {
    if (standing === 'none' || standing === 'bad') return 401
    if (!isRight) return 404
    return standing === 'other' || standing === 'roleless' ? 401 : 'ok'
  }
  if (!isRight) return 405
  if (standing === 'bad') return 401
  if (role === null) return 'ok'
  if (standing === 'none') return 401
  if (standing === 'roleless') return 403
  if (standing === 'other' && isScoped) return 403
  if (role === 'Archive.Refresh' && standing !== 'all' && standing !== 'other') return 403
  return 'ok'
}

/** Statuses for a caller who may use the route; a refresh may be requested too often. */
const OK = [200, 202, 307, 429]

/** What is wrong with the answer; null if it is right. */
async function check(
  url: string,
  target: Target,
  method: string,
  credential: Credential,
): Promise<string | null> {
  const { authorization } = credential
  const headers: Record<string, string> = authorization === null ? {} : { authorization }
  const response = await fetch(url + target.path, { method, headers, redirect: 'manual' })
  const body = await response.text()
  const wanted = expected(target, method, credential)
  const isRight = wanted === 'ok' ? OK.includes(response.status) : response.status === wanted
  if (!isRight) return `expected ${wanted}, found ${response.status} ${body.slice(0, 200)}`
  if (response.status === 401 && response.headers.get('www-authenticate') !== 'Bearer') {
    return 'a 401 without WWW-Authenticate'
  }
  const isRefused = [401, 403, 404, 405].includes(response.status)
  if (isRefused && /meterName|totalUsage|unitPrice|snapshots"/.test(body))
    return 'a refusal with data'
  const secret = authorization?.split(' ')[1] ?? ''
  if (secret.length > 8 && body.includes(secret)) return 'an answer that contains the credential'
  return null
}

/** Resources of enrollment 100 for the paths: a file, a download, a refresh. */
async function pathValues({ url, archive }: Served): Promise<PathValues> {
  const ask = async <T>(path: string, method = 'GET'): Promise<T> => {
    const headers = { authorization: `bearer ${archive.key}` }
    return (await (await fetch(url + path, { method, headers })).json()) as T
  }
  const series = '/archive/enrollments/100/usagedetails/201704'
  const manifest = await ask<{ parts: { files: { path: string }[] }[] }>(`${series}/snapshots/1`)
  const file = manifest.parts[0]?.files[0]?.path.split('/').at(-1) ?? ''
  const submit = '/v1/enrollments/100/usagedetails/submit?billingPeriod=201704'
  const report = await ask<{ id: string; reportUrl: string; status: number }>(submit, 'POST')
  for (let { status } = report; status < 3; ) {
    const polled = await fetch(report.reportUrl, {
      headers: { authorization: `bearer ${archive.key}` },
    })
    ;({ status } = (await polled.json()) as { status: number })
  }
  const refresh = await ask<{ id: string }>(`${series}/refresh`, 'POST')
  return { file, downloadId: report.id.split('-')[0] ?? '', refreshId: refresh.id }
}
