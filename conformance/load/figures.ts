/**
 * Load, compared with a bare server that returns the same bytes from memory. Measured on our handlers behind
 * node:http, and through a function host, where a function that does nothing shows the cost of the platform's
 * library.
 */

import { atLeast, atMost, type Figure, median, shown } from '../../bench/measure.ts'
import { rssMib } from '../../bench/worker/process-memory.ts'
import { type Child, startChild } from '../../local/child.ts'
import { type HostProcess, processSettings, workerArguments } from '../../local/host-process.ts'
import { LARGE_PERIOD, type LargeMonth, largeMonth } from '../large-month.ts'
import type { BareMessage } from './bare-server.ts'
import { load, type Shot } from './shoot.ts'

/** Rounds of each subject, alternating, after a warm-up round. */
const ROUNDS = 3
const ROUND_SECONDS = 4

/** Number of bodies of the bare server: too many for the processor's cache. */
const BARE_BODIES = 32

const CACHE = { SERVE_CACHE_BYTES: String(32 * 1024 * 1024) }

export async function loadFigures(
  rows: number,
  seconds: number,
  say: (line: string) => void,
): Promise<Figure[]> {
  const month = await largeMonth(rows, say)
  const functions = await month.host(CACHE)
  const noop = await month.host({
    LOCAL_APP_FOLDER: new URL('./noop-app/', import.meta.url).pathname,
  })
  const plain = await startPlain(month)
  const first = `/v3/enrollments/100/billingPeriods/${LARGE_PERIOD}/usagedetails`
  const { paths, etag, bare } = await prepare(month, functions, first, Math.floor(rows / 1_000))
  const { key } = month

  const notModified: Omit<Shot, 'url' | 'seconds'> = {
    paths: [first],
    headers: { authorization: `bearer ${key}`, 'if-none-match': etag },
    status: 304,
  }
  const page: Omit<Shot, 'url' | 'seconds'> = {
    paths,
    headers: { authorization: `bearer ${key}` },
    status: 200,
  }
  const fast = await sideBySide('304', { bare, plain, functions, noop }, notModified, say)
  const large = await sideBySide('page', { bare, plain, functions }, page, say)
  const growth = await memoryGrowth(functions, { ...page, url: functions.url, seconds }, say)
  await plain.stop()
  await bare.stop()
  await month.close()
  return [
    // Through a function host, even a function that does nothing hardly reaches this goal.
    atLeast('load-304-vs-bare', fast.ratioOf('plain'), 0.3),
    atLeast('load-page-vs-bare', large.ratioOf('functions'), 0.1),
    atMost('load-rss-growth', growth, 1.1),
    shown('load-304-functions-vs-bare', fast.ratioOf('functions'), 'times'),
    shown('load-304-noop-function-vs-bare', fast.ratioOf('noop'), 'times'),
    shown('load-page-handlers-vs-bare', large.ratioOf('plain'), 'times'),
    shown('load-304-p99', fast.p99Of('functions'), 'ms'),
    shown('load-page-p99', large.p99Of('functions'), 'ms'),
  ]
}

function startPlain({ env }: LargeMonth): Promise<Child> {
  const { PATH, HOME } = process.env
  return startChild(new URL('./plain-host.ts', import.meta.url), {
    env: { ...processSettings, ...env, ...CACHE, PATH, HOME },
    nodeArguments: workerArguments(processSettings),
  })
}

interface Prepared {
  /** Tags of all pages of the month. */
  readonly paths: readonly string[]
  readonly etag: string
  readonly bare: Child
}

/** The paths of all pages, and a bare server with some of their bytes. */
async function prepare(
  { key }: LargeMonth,
  host: HostProcess,
  first: string,
  pages: number,
): Promise<Prepared> {
  // The same encoding as in the load, because a tag is for one encoding.
  const headers = { authorization: `bearer ${key}`, 'accept-encoding': 'identity' }
  const answer = await fetch(host.url + first, { headers })
  const { nextLink } = (await answer.json()) as { nextLink: string }
  const paths = Array.from({ length: pages }, (_, block) => pathOf(nextLink, block))
  const bodies: string[] = []
  const step = Math.max(1, Math.floor(pages / BARE_BODIES))
  for (let number = 0; number < pages; number += step) {
    const response = await fetch(host.url + paths[number], { headers })
    bodies.push(Buffer.from(await response.arrayBuffer()).toString('latin1'))
  }
  const ofConnection = ['connection', 'transfer-encoding', 'keep-alive', 'content-length']
  const given = Object.fromEntries(
    [...answer.headers].filter(([name]) => !ofConnection.includes(name)),
  )
  // A tag is for one host name, and each server here has another port, so `*` is used.
  const etag = '*'
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

interface SideBySide {
  /** Requests per second ÷ those of the bare server; median of the rounds. */
  ratioOf(name: string): number
  /** 99th percentile, in milliseconds. */
  p99Of(name: string): number
}

/** Runs the subjects alternately, so that other load on the machine affects all of them. */
async function sideBySide(
  what: string,
  subjects: Readonly<Record<string, { readonly url: string }>> & { readonly bare: { url: string } },
  shot: Omit<Shot, 'url' | 'seconds'>,
  say: (line: string) => void,
): Promise<SideBySide> {
  const ratios = new Map<string, number[]>()
  const slowest = new Map<string, number[]>()
  for (let round = 0; round <= ROUNDS; round++) {
    const perSecond = new Map<string, number>()
    for (const [name, { url }] of Object.entries(subjects)) {
      const { requests, latency } = await load({ ...shot, url, seconds: ROUND_SECONDS })
      perSecond.set(name, requests.average)
      if (round > 0) slowest.set(name, [...(slowest.get(name) ?? []), latency.p99])
    }
    if (round === 0) continue
    const bare = perSecond.get('bare') ?? 0
    for (const [name, rate] of perSecond) {
      ratios.set(name, [...(ratios.get(name) ?? []), rate / bare])
    }
    const told = [...perSecond].map(([name, rate]) => `${name} ${rate.toFixed(0)}/s`)
    say(`${what}: ${told.join(', ')}`)
  }
  return {
    ratioOf: (name) => median(ratios.get(name) ?? []),
    p99Of: (name) => median(slowest.get(name) ?? []),
  }
}

/** Memory of the host at the end of the load ÷ memory after its first tenth. */
async function memoryGrowth(
  host: HostProcess,
  shot: Shot,
  say: (line: string) => void,
): Promise<number | null> {
  const samples: number[] = []
  const sampling = setInterval(() => {
    const mib = rssMib(host.process.pid)
    if (mib !== null) samples.push(mib)
  }, 500)
  await load(shot)
  clearInterval(sampling)
  if (samples.length < 4) return null
  const tenth = Math.max(2, Math.floor(samples.length / 10))
  const [before, after] = [median(samples.slice(0, tenth)), median(samples.slice(-tenth))]
  say(`memory: ${before.toFixed(0)} MiB, after ${shot.seconds} s ${after.toFixed(0)} MiB`)
  return after / before
}
