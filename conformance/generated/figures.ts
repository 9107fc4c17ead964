/** Typed clients that NSwag and Kiota generate from both descriptions: what they hold is what was sent. */
import { createHash } from 'node:crypto'
import { exactly, type Figure } from '../../bench/measure.ts'
import { startStack } from '../../testing/stack/archive-stack.ts'
import { type Served, serve } from '../served.ts'
import { type DotnetSettings, hasDotnet, type TypedAnswer, typedAnswers } from './dotnet-clients.ts'
import { type Operation, operationsFor } from './operations.ts'
import { sameAnswer } from './same-answer.ts'

const PERIOD = '201704'
const USAGE = `/archive/enrollments/100/usagedetails/${PERIOD}`
const OLD_USAGE = `/v3/enrollments/100/billingPeriods/${PERIOD}/usagedetails`

/** What has to be called at least for the figure to mean something. */
const MIN_CALLS = 60

export async function generatedClientFigures(say: (line: string) => void): Promise<Figure[]> {
  if (!(await hasDotnet())) {
    say('did not run: this machine has no .NET SDK (dotnet)')
    return [exactly('generated-clients-wrong', null, 0, 'calls')]
  }
  const stack = await startStack()
  // April is restated between the two days.
  const served = await serve(stack, {
    simulator: { day: '2017-05-12', rowsPerDay: 130, months: 3 },
    earlierDays: ['2017-05-06'],
    hostSettings: { REFRESH_SECONDS: '1' },
  })
  let wrong = 0
  let calls = 0
  try {
    const settings = await settingsOf(served)
    const operations = operationsFor(settings)
    for (const answer of await typedAnswers(settings, say)) {
      const operation = operations.get(answer.operation)
      if (operation === undefined) throw new Error(`${answer.operation} has nothing to compare to`)
      const fault = await faultOf(served, operation, answer)
      calls++
      if (fault === null) continue
      wrong++
      say(`WRONG ${answer.client} ${answer.operation}: ${fault}`)
    }
    if (calls < 2 * operations.size) throw new Error('not every operation was called')
  } finally {
    for (const line of served.failures) say(`FAILED ${line.slice(0, 300)}`)
    await served.close()
    await stack.close()
  }
  say(`${calls} calls, ${wrong} wrong`)
  if (calls < MIN_CALLS) throw new Error(`only ${calls} calls`)
  return [
    exactly('generated-clients-wrong', wrong + served.failures.length, 0, `of ${calls} calls`),
  ]
}

/** What there is to ask for, found without a client. */
async function settingsOf(served: Served): Promise<DotnetSettings> {
  const rows = await ask(served, `${USAGE}/snapshots/1/rows?limit=100&decimals=text`)
  const manifest = (await (await ask(served, `${USAGE}/snapshots/1`)).json()) as {
    parts: { key: string; files: { path: string }[] }[]
  }
  const page = await ask(served, OLD_USAGE)
  const { nextLink } = (await page.json()) as { nextLink: string }
  const newest = await ask(served, `${USAGE}/rows`)
  return {
    url: served.url,
    key: served.archive.key,
    enrollment: '100',
    period: PERIOD,
    part: manifest.parts[0]?.key ?? '',
    file: manifest.parts[0]?.files[0]?.path.split('/').at(-1) ?? '',
    downloadId: await composedDownload(served),
    cursor: new URL(nextOf(rows)).searchParams.get('cursor') ?? '',
    skiptoken: new URL(nextLink).searchParams.get('skiptoken') ?? '',
    rowsTag: newest.headers.get('etag') ?? '',
    usageTag: page.headers.get('etag') ?? '',
  }
}

const nextOf = (response: Response): string =>
  /<([^>]+)>; rel="next"/.exec(response.headers.get('link') ?? '')?.[1] ?? ''

/** The id of an answer that a worker has composed. */
async function composedDownload(served: Served): Promise<string> {
  const path = `/v3/enrollments/100/usagedetails/submit?billingPeriod=${PERIOD}`
  let report = (await (await ask(served, path, { method: 'POST' })).json()) as {
    id: string
    status: number
    reportUrl: string
  }
  while (report.status < 3) {
    await new Promise((done) => setTimeout(done, 200))
    report = (await (await ask(served, report.reportUrl)).json()) as typeof report
  }
  return report.id
}

async function ask(
  { url, archive }: Served,
  path: string,
  init: { method?: string; headers?: Record<string, string> } = {},
): Promise<Response> {
  const headers = { authorization: `bearer ${archive.key}`, ...init.headers }
  return fetch(new URL(path, url), { ...init, headers })
}

/** In what the typed answer is another than what was sent; null if in nothing. */
async function faultOf(
  served: Served,
  operation: Operation,
  { answer }: TypedAnswer,
): Promise<string | null> {
  const { path, self, tag, isFile, isRefused, moving = [] } = operation
  const { failed } = answer as { failed?: string | null }
  if (typeof failed === 'string') return failed.slice(0, 300)
  const link = self === undefined ? path : (answer as Record<string, string>)[self]
  if (link === undefined) return `has no ${self}`
  const headers = tag === undefined ? {} : { 'if-none-match': tag }
  const response = await ask(served, link, { headers })
  const sent = Buffer.from(await response.arrayBuffer())
  if (isFile) return sameAnswer({ bytes: createHash('sha256').update(sent).digest('hex') }, answer)
  if (!isRefused) {
    if (!response.ok) return `is a ${response.status} without a client`
    return sameAnswer(JSON.parse(sent.toString()), answer, moving)
  }
  if (response.ok) return 'is not refused without a client'
  const error = sent.length === 0 ? {} : { error: JSON.parse(sent.toString()) as unknown }
  return sameAnswer({ status: response.status, ...error }, answer)
}
