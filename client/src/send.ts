/**
 * Sends one request until it has its answer: credentials, retries, polling for answers that a worker
 * composes.
 */
import { ArchiveApiError, failureOf } from './errors.ts'

export interface Connection {
  /** Root of the archive, e.g. `https://billing.example.com`. */
  readonly url: URL
  /** The value of the header Authorization. */
  readonly authorization: () => Promise<string>
  readonly fetch: typeof fetch
  /** Maximum number of attempts for a request that fails temporarily. */
  readonly attempts: number
}

/** The longest wait, in seconds; the client does not wait for an hourly quota. */
const MAX_WAIT_SECONDS = 60

/** The state of an answer that a worker composes. */
interface Composition {
  readonly status: string
  readonly failure: { readonly code: string; readonly message: string } | null
  readonly url: string
  /** Null until it exists. */
  readonly file: string | null
}

/**
 * Polls until a worker has composed the answer and resolves with it, or with the first answer if that is not
 * a 202. Rejects like {@link send}, and with the reason if composing failed.
 */
export async function sendAndWait(
  connection: Connection,
  url: URL,
  signal: AbortSignal | undefined,
): Promise<Response> {
  const first = await send(connection, 'GET', url, signal)
  if (first.status !== 202) return first
  for (let response = first; ; ) {
    const found = (await response.json()) as Composition
    if (found.status === 'failed') {
      const { code = '', message = 'the answer could not be composed' } = found.failure ?? {}
      const requestId = response.headers.get('x-ms-request-id')
      throw new ArchiveApiError(response.status, code, message, requestId)
    }
    if (found.file !== null) return send(connection, 'GET', linked(connection, found.file), signal)
    await wait(secondsIn(response) ?? 1, signal)
    response = await send(connection, 'GET', linked(connection, found.url), signal)
  }
}

/**
 * Resolves with a response with a 2xx status. Follows redirects; the credential is sent only to the archive.
 * Rejects with {@link ArchiveApiError}.
 */
export async function send(
  { authorization, fetch, attempts }: Connection,
  method: string,
  url: URL,
  signal: AbortSignal | undefined,
): Promise<Response> {
  for (let attempt = 1; ; attempt++) {
    const headers = { authorization: await authorization() }
    const init = { method, headers, ...(signal === undefined ? {} : { signal }) }
    let response: Response
    try {
      response = await fetch(url, init)
    } catch (error) {
      const isLast = attempt >= attempts || method !== 'GET' || signal?.aborted === true
      if (isLast || !(error instanceof TypeError)) throw error // TypeError: the network failed
      await wait(2 ** (attempt - 2), signal)
      continue
    }
    if (response.ok) return response
    const seconds = passes(response) ? secondsIn(response) : null
    if (seconds === null || seconds > MAX_WAIT_SECONDS || attempt >= attempts) {
      throw await failureOf(response)
    }
    await response.body?.cancel()
    await wait(seconds, signal)
  }
}

/** Too many requests, or storage does not answer: the response says when to try again. */
function passes({ status }: Response): boolean {
  return status === 429 || status === 503
}

function secondsIn(response: Response): number | null {
  const text = response.headers.get('retry-after') ?? ''
  return /^\d+$/.test(text) ? Number(text) : null
}

/**
 * Rewrites a link of the archive to the client's own root: behind a gateway, links have another host and no
 * prefix.
 */
export function linked({ url }: Connection, link: string): URL {
  const { pathname, search } = new URL(link, url)
  return at(url, pathname, search)
}

/** The URL of a path of the archive, below the root. */
export function at(root: URL, path: string, search: string): URL {
  const url = new URL(root)
  url.pathname = root.pathname.replace(/\/+$/, '') + path
  url.search = search
  return url
}

function wait(seconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    const stop = (): void => {
      clearTimeout(timer)
      reject(signal?.reason as Error)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, seconds * 1_000)
    signal?.addEventListener('abort', stop, { once: true })
  })
}
