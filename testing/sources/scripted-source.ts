/** A source in memory whose answers a test defines, used by the real `eaReporting`. */
import { datasetNamed } from '../../shared/datasets/catalogue.ts'
import type { Log, LogFields } from '../../shared/log.ts'
import { type RowBufferPool, rowBufferPool } from '../../shared/rows/batch/row-buffers.ts'
import {
  type EaReportingOptions,
  eaReporting,
} from '../../shared/sources/ea-reporting/ea-reporting.ts'
import type { HttpAnswer } from '../../shared/sources/http/http-client.ts'
import type { FetchResult, PartRequest, Source } from '../../shared/sources/source.ts'

/** An answer; status 200 and no headers if absent. */
export interface Answer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** The body in chunks; `null`: nothing more arrives until the request is aborted. */
  readonly body?: string | readonly (string | null)[]
}

/** A received request. */
export interface Asked {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
}

/** Answers a request, or never does (null). Throwing simulates a network fault. */
export type Script = (asked: Asked, number: number) => Answer | null

export interface ScriptedSource {
  readonly source: Source
  readonly asked: readonly Asked[]
  readonly pool: RowBufferPool
  /** Event and fields of all warnings. */
  readonly warnings: readonly (LogFields & { readonly event: string })[]
  /** Bodies that were neither read to their end nor released. */
  openBodies(): number
  /** Milliseconds slept. */
  sleptMs(): number
}

export const ENDPOINT = new URL('https://source.example')
export const KEY = 'a-key-that-goes-nowhere'

export function scripted(
  script: Script,
  overrides: Partial<EaReportingOptions> = {},
): ScriptedSource {
  const asked: Asked[] = []
  const warnings: (LogFields & { event: string })[] = []
  const pool = overrides.pool ?? rowBufferPool(8)
  let openBodies = 0
  let clock = 0
  let sleptMs = 0
  const log: Log = {
    debug() {},
    info() {},
    warn: (event, fields = {}) => void warnings.push({ ...fields, event }),
    error() {},
    with: () => log,
  }

  function answerOf({ status = 200, headers = {}, body = '' }: Answer, signal: AbortSignal) {
    async function* read(): AsyncGenerator<Buffer> {
      try {
        for (const piece of typeof body === 'string' ? [body] : body) {
          signal.throwIfAborted()
          if (piece === null) await aborted(signal)
          else if (piece !== '') yield Buffer.from(piece)
        }
      } finally {
        openBodies--
      }
    }
    openBodies++
    const pieces = read()
    let isOpen = true
    const answer: HttpAnswer = {
      status,
      header: (name) => headers[name] ?? null,
      body: {
        [Symbol.asyncIterator]: () => {
          isOpen = false
          // A generator that was never started runs no finally; started here, so that releasing it counts.
          return startedIterator(pieces, () => openBodies--)
        },
      },
      async dump() {
        if (isOpen) openBodies--
        isOpen = false
      },
    }
    return answer
  }

  const source = eaReporting({
    endpoint: ENDPOINT,
    http: {
      async get(url, headers, signal) {
        signal.throwIfAborted()
        const request = { url: new URL(url), headers }
        asked.push(request)
        await new Promise((resolve) => setImmediate(resolve))
        const answer = script(request, asked.length)
        if (answer === null) return aborted(signal)
        return answerOf(answer, signal)
      },
      close: async () => {},
    },
    keyRing: { keys: async () => [KEY], reread: async () => [KEY] },
    retry: { tries: 3, baseMs: 100, capMs: 1_000, tryMs: 60_000, budgetMs: 300_000 },
    pageBytes: 1024 * 1024,
    pool,
    log,
    now: () => new Date('2017-04-05T12:00:00Z'),
    elapsedMs: () => clock,
    random: () => 0.5,
    sleep: async (ms, signal) => {
      signal.throwIfAborted()
      clock += ms
      sleptMs += ms
    },
    ...overrides,
  })
  return { source, asked, pool, warnings, openBodies: () => openBodies, sleptMs: () => sleptMs }
}

/** Never resolves; rejects when the signal is aborted. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const leave = (): void => reject(signal.reason as Error)
    if (signal.aborted) leave()
    else signal.addEventListener('abort', leave, { once: true })
  })
}

function startedIterator(
  pieces: AsyncGenerator<Buffer>,
  neverBegun: () => void,
): AsyncIterator<Buffer> {
  let isBegun = false
  return {
    next() {
      isBegun = true
      return pieces.next()
    },
    async return() {
      if (!isBegun) neverBegun()
      isBegun = true
      return pieces.return(undefined)
    },
  }
}

export function usageOf(enrollment: string, part = 'all'): PartRequest {
  const dataset = datasetNamed('usagedetails')
  const { rowsVersion } = dataset
  return { dataset, rowsVersion, enrollment, billingPeriod: '201704', part }
}

/** A page of usage details: rows with these costs. */
export function page(
  costs: readonly (number | string)[],
  nextLink: string | null = null,
  beside = '',
): string {
  const rows = costs.map((cost) => `{"cost":${cost}}`)
  return `{"id":"x",${beside}"data":[${rows.join(',')}],"nextLink":${JSON.stringify(nextLink)}}`
}

/** Reads a part to its end; returns the lines of its rows. */
export async function linesOf(answer: FetchResult): Promise<string[]> {
  if (answer.kind !== 'rows') return []
  const lines: string[] = []
  for await (const { batch } of answer.batches) {
    lines.push(...Buffer.from(batch.lines).toString().trimEnd().split('\n'))
  }
  return lines
}
