/** One request until it has its answer: credentials, failures that pass, answers that a worker has to compose. */
import { ArchiveApiError, failureOf } from './errors.ts'

export interface Connection {
  /** Root of the archive, e.g. `https://billing.example.com`. */
  readonly url: URL
  /** The value of the header Authorization. */
  readonly authorization: () => Promise<string>
  readonly fetch: typeof fetch
  /** How often a request is made at most while it fails for a reason that passes. */
  readonly attempts: number
}

/** The longest wait that a client takes on, in seconds; an hour's quota is not waited for. */
const MAX_WAIT_SECONDS = 60

/** How far an answer is that a worker composes. */
interface Composition {
  readonly status: string
  readonly failure: { readonly code: string; readonly message: string } | null
  readonly url: string
  /** Null while there is none. */
  readonly file: string | null
}

/**
 * Asks until what a worker composes can be had, and resolves with that; with the first answer if it is no 202. Rejects
 * as {@link send} does, and with the reason if it could not be composed.
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
      const { code = '', message = 'it could not be composed' } = found.failure ?? {}
      const requestId = response.headers.get('x-ms-request-id')
      throw new ArchiveApiError(response.status, code, message, requestId)
    }
    if (found.file !== null) return send(connection, 'GET', linked(connection, found.file), signal)
    await wait(secondsIn(response) ?? 1, signal)
    response = await send(connection, 'GET', linked(connection, found.url), signal)
  }
}

/**
 * Resolves with an answer that has a 2xx status. Follows redirects; the credential goes to the archive alone. Rejects
 * with {@link ArchiveApiError}.
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

/** Too much was asked for, or storage does not answer: the answer says when to come back. */
function passes({ status }: Response): boolean {
  return status === 429 || status === 503
}

function secondsIn(response: Response): number | null {
  const text = response.headers.get('retry-after') ?? ''
  return /^\d+$/.test(text) ? Number(text) : null
}

/** A link of the archive, at the root where we reach it: behind a gateway it names another host, and no prefix. */
export function linked({ url }: Connection, link: string): URL {
  const { pathname, search } = new URL(link, url)
  return at(url, pathname, search)
}

/** A path of the archive below the root. */
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
