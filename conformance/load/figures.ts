/** Load on one host, side by side with a bare server that gives the same bytes from memory. */
import autocannon, { type Result } from 'autocannon'
import { atLeast, atMost, type Figure, median, shown } from '../../bench/measure.ts'
import { rssMib } from '../../bench/worker/process-memory.ts'
import { type Child, startChild } from '../../local/child.ts'
import type { HostProcess } from '../../local/host-process.ts'
import { LARGE_PERIOD, type LargeMonth, largeMonth } from '../large-month.ts'
import type { BareMessage } from './bare-server.ts'

const CONNECTIONS = 16

/** Rounds of each subject, in turn. */
const ROUNDS = 3
const ROUND_SECONDS = 5

/** Bodies that the bare server holds: enough that none stays in a processor's cache. */
const BARE_BODIES = 32

export async function loadFigures(
  rows: number,
  seconds: number,
  say: (line: string) => void,
): Promise<Figure[]> {
  const month = await largeMonth(rows, say)
  const host = await month.host({ SERVE_CACHE_BYTES: String(32 * 1024 * 1024) })
  const authorization = `bearer ${month.key}`
  const first = `/v3/enrollments/100/billingPeriods/${LARGE_PERIOD}/usagedetails`
  const { paths, etag, bare } = await prepare(month, host, first, Math.floor(rows / 1_000))
  const bareUrl = bare.url

  const notModified = { authorization, 'if-none-match': etag }
  const ratio304 = await sideBySide('304s', say, (isBare) =>
    load(isBare ? bareUrl : host.url, [first], notModified, 304),
  )
  const ratioPage = await sideBySide('pages', say, (isBare) =>
    load(isBare ? bareUrl : host.url, paths, { authorization }, 200),
  )
  const growth = await memoryGrowth(host, paths, authorization, seconds, say)
  await bare.stop()
  await month.close()
  return [
    atLeast('load-304-vs-bare', ratio304.ratio, 0.3),
    atLeast('load-page-vs-bare', ratioPage.ratio, 0.1),
    atMost('load-rss-growth', growth, 1.1),
    shown('load-304-p99', ratio304.p99, 'ms'),
    shown('load-page-p99', ratioPage.p99, 'ms'),
  ]
}

interface Prepared {
  /** Of every page of the month. */
  readonly paths: readonly string[]
  readonly etag: string
  readonly bare: Child
}

/** The paths of all pages, and a bare server that holds some of their bytes. */
async function prepare(
  { key }: LargeMonth,
  host: HostProcess,
  first: string,
  pages: number,
): Promise<Prepared> {
  const headers = { authorization: `bearer ${key}` }
  const answer = await fetch(host.url + first, { headers })
  const etag = answer.headers.get('etag') ?? ''
  const { nextLink } = (await answer.json()) as { nextLink: string }
  const paths = Array.from({ length: pages }, (_, block) => pathOf(nextLink, block))
  const bodies: string[] = []
  const step = Math.max(1, Math.floor(pages / BARE_BODIES))
  for (let page = 0; page < pages; page += step) {
    const response = await fetch(host.url + paths[page], { headers })
    bodies.push(Buffer.from(await response.arrayBuffer()).toString('latin1'))
  }
  const given = Object.fromEntries(
    [...answer.headers].filter(
      ([name]) =>
        !['connection', 'transfer-encoding', 'keep-alive', 'content-length'].includes(name),
    ),
  )
  const message: BareMessage = { headers: given, etag, bodies }
  const { PATH, HOME } = process.env
  const bare = await startChild(new URL('./bare-server.ts', import.meta.url), {
    env: { PATH, HOME },
    message,
  })
  return { paths, etag, bare }
}

/** The link to a page, made from the link to another one. */
function pathOf(nextLink: string, block: number): string {
  const link = new URL(nextLink)
  const token = JSON.parse(
    Buffer.from(link.searchParams.get('skiptoken') ?? '', 'base64url').toString(),
  ) as { s: unknown; at: [number, number, number] }
  const moved = { ...token, at: [0, 0, block] }
  link.searchParams.set('skiptoken', Buffer.from(JSON.stringify(moved)).toString('base64url'))
  return link.pathname + link.search
}

/** Requests a second of ours over those of the bare server, in turn; and our slowest hundredth. */
async function sideBySide(
  what: string,
  say: (line: string) => void,
  run: (isBare: boolean) => Promise<Result>,
): Promise<{ ratio: number; p99: number }> {
  const ratios: number[] = []
  const slowest: number[] = []
  for (let round = 0; round <= ROUNDS; round++) {
    const [ours, bare] = [await run(false), await run(true)]
    if (round === 0) continue // the first one warms up
    ratios.push(ours.requests.average / bare.requests.average)
    slowest.push(ours.latency.p99)
    say(
      `${what}: ${ours.requests.average.toFixed(0)}/s, p99 ${ours.latency.p99} ms; bare ${bare.requests.average.toFixed(0)}/s, p99 ${bare.latency.p99} ms`,
    )
  }
  return { ratio: median(ratios), p99: median(slowest) }
}

async function load(
  url: string,
  paths: readonly string[],
  headers: Record<string, string>,
  status: number,
  duration = ROUND_SECONDS,
): Promise<Result> {
  const result = await autocannon({
    url,
    connections: CONNECTIONS,
    duration,
    headers,
    requests: [
      {
        setupRequest: (request) => {
          // Drawn uniformly: which page comes next can't be told from the last one.
          const path = paths[Math.floor(Math.random() * paths.length)] as string
          return { ...request, path }
        },
      },
    ],
  })
  const { errors, timeouts } = result
  const others = Object.entries(result.statusCodeStats ?? {}).filter(
    ([code]) => Number(code) !== status,
  )
  if (errors + timeouts + others.length > 0) {
    const codes = others.map(([code, { count }]) => `${code}: ${count}`).join(', ')
    throw new Error(`under load: ${errors} errors, ${timeouts} time-outs, ${codes}`)
  }
  return result
}

/** The memory of the host after `seconds` of pages over that after a tenth of them. */
async function memoryGrowth(
  host: HostProcess,
  paths: readonly string[],
  authorization: string,
  seconds: number,
  say: (line: string) => void,
): Promise<number | null> {
  const samples: number[] = []
  const sampling = setInterval(() => {
    const mib = rssMib(host.process.pid)
    if (mib !== null) samples.push(mib)
  }, 500)
  await load(host.url, paths, { authorization }, 200, seconds)
  clearInterval(sampling)
  if (samples.length < 4) return null
  const tenth = Math.max(2, Math.floor(samples.length / 10))
  const [before, after] = [median(samples.slice(0, tenth)), median(samples.slice(-tenth))]
  say(`memory: ${before.toFixed(0)} MiB, after ${seconds} s of pages ${after.toFixed(0)} MiB`)
  return after / before
}
