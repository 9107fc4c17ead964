/** One request until it has its answer: credentials, failures that pass, answers that a worker has to compose. */
import { failureOf } from './errors.ts'

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

/**
 * Resolves with an answer that has a 2xx status and is there. What a worker composes is asked for until its file can be
 * had. Follows redirects; the credential goes to the archive alone. Rejects with {@link ArchiveApiError}.
 */
export async function send(
  connection: Connection,
  method: string,
  url: URL,
  signal: AbortSignal | undefined,
): Promise<Response> {
  const response = await attempted(connection, method, url, signal)
  // A refresh answers 202, too; only what is being composed has a file to come.
  if (response.status !== 202 || method !== 'GET') return response
  return composed(connection, response, signal)
}

async function composed(
  connection: Connection,
  first: Response,
  signal: AbortSignal | undefined,
): Promise<Response> {
  for (let response = first; ; ) {
    const { url, file } = (await response.json()) as { url: string; file: string | null }
    if (file !== null) return attempted(connection, 'GET', own(connection, file), signal)
    await wait(secondsIn(response) ?? 1, signal)
    response = await attempted(connection, 'GET', own(connection, url), signal)
  }
}

async function attempted(
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

/** A link of the archive. Behind a gateway it may name another host: the credential goes to ours alone. */
function own({ url }: Connection, link: string): URL {
  const { pathname, search } = new URL(link, url)
  return at(url, pathname, search)
}

/** A path below the root. */
export function at(root: URL, path: string, search = ''): URL {
  const url = new URL(root)
  const prefix = root.pathname.replace(/\/+$/, '')
  url.pathname = path.startsWith(`${prefix}/`) ? path : prefix + path
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
