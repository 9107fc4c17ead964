/**
 * The archive's own API for commands that query it: over HTTP with a key, or in this process on its storage.
 */

import { randomUUID } from 'node:crypto'
import { ArchiveApiError } from '../client/src/errors.ts'
import { type Connection, send } from '../client/src/send.ts'
import { ArchiveError } from '../shared/errors.ts'
import type { ApiRequest } from '../shared/http/api-message.ts'
import type { Context } from './context.ts'
import { enrollmentsOf } from './context.ts'
import type { GlobalFlags } from './flags.ts'
import type { Invocation } from './invocation.ts'
import { remoteCode } from './remote-code.ts'

/**
 * Holds the key for an archive over HTTP. Not a flag, because other users of the machine can read command
 * lines.
 */
const KEY_VARIABLE = 'BILLING_ARCHIVE_KEY'

const ATTEMPTS = 4

/** Runs `work` on the archive at `url`, or on the one that the flags name. */
export async function withConnection<T>(
  flags: GlobalFlags,
  invocation: Invocation,
  url: string | undefined,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  try {
    if (url !== undefined) return await work(overHttp(url, invocation.env))
    const { connect } = await import('./connect.ts')
    let fault: string | null = null
    const context = connect(flags, invocation, (_level, line) => {
      const { event, message } = JSON.parse(line) as { event: string; message?: string }
      if (event === 'http.failed') fault = message ?? null
    })
    try {
      return await work(await inProcess(context))
    } catch (error) {
      // An HTTP caller only learns an id; an operator on the storage may see the cause.
      if (fault === null || !(error instanceof ArchiveApiError)) throw error
      throw new ArchiveError(remoteCode(error), fault, { cause: error })
    } finally {
      await context.deps.close()
    }
  } catch (error) {
    throw named(error, url ?? 'the archive', url !== undefined)
  }
}

function overHttp(url: string, env: NodeJS.ProcessEnv): Connection {
  const key = env[KEY_VARIABLE]
  if (key === undefined || key === '') {
    throw new ArchiveError(
      'BAD_SETTINGS',
      `${url} needs a key: set the environment variable ${KEY_VARIABLE} to a key from "keys create"`,
    )
  }
  const authorization = async (): Promise<string> => `bearer ${key}`
  return { url: new URL(url), authorization, fetch, attempts: ATTEMPTS }
}

/** Calls the routes of the HTTP function in this process: the same checks, rows and sums. */
async function inProcess(context: Context): Promise<Connection> {
  const { archiveApi } = await import('../shared/http/archive-api.ts')
  const { makeGrant } = await import('../shared/usecases/access/check-access.ts')
  const { deps } = context
  const key = randomUUID()
  const enrollments = [...(await enrollmentsOf(context))]
  const about = { name: 'operator', enrollments, roles: ['Archive.Read' as const], expiresAt: null }
  const { bytes } = makeGrant(key, about)
  const grants = { read: async () => ({ bytes, etag: '', at: new Date() }) }
  // Only the caller waits for this answer, so nothing is passed to a worker.
  const serving = { ...deps.http.serving, waitRows: Number.MAX_SAFE_INTEGER }
  const http = { ...deps.http, serving, access: { ...deps.http.access, grants } }
  return {
    url: new URL('http://archive.invalid'),
    authorization: async () => `bearer ${key}`,
    attempts: 1,
    async fetch(input, init) {
      const headers = new Headers(init?.headers)
      const request: ApiRequest = {
        method: 'GET',
        url: new URL(input instanceof Request ? input.url : input),
        header: (name) => headers.get(name),
        id: randomUUID(),
      }
      const { status, headers: found, body } = await archiveApi(http, request)
      return new Response(Buffer.concat(body), { status, headers: found })
    },
  }
}

function named(error: unknown, where: string, isRemote: boolean): unknown {
  if (error instanceof ArchiveApiError) {
    // An id helps only if its log can be searched, which is not the case in this process.
    const message = error.message.replace(/ \(request [^)]*\)$/, '')
    const id = isRemote && error.status >= 500 ? ` (request ${error.requestId})` : ''
    return new ArchiveError(remoteCode(error), `${message}${id}`, { cause: error })
  }
  if (!(error instanceof TypeError)) return error
  // fetch reports "fetch failed"; its cause has the reason.
  const { message } = (error.cause ?? error) as Error
  const todo = 'check that it is running and that the address is right'
  return new ArchiveError('ARCHIVE_UNAVAILABLE', `${where} does not answer (${message}): ${todo}`, {
    cause: error,
  })
}

/** The named enrollment, or the only one that the archive shows. Rejects with `BAD_REQUEST`. */
export async function enrollmentAt(
  connection: Connection,
  flag: string | undefined,
): Promise<string> {
  const url = new URL('/archive/enrollments', connection.url)
  const found = (await (await send(connection, 'GET', url, undefined)).json()) as {
    enrollments: { enrollment: string }[]
  }
  const known = found.enrollments.map(({ enrollment }) => enrollment)
  const all = known.join(', ')
  if (known.length === 0) {
    const todo = 'archive something first, e.g. with "fetch"'
    throw new ArchiveError('NOT_FOUND', `the archive is empty: ${todo}`)
  }
  if (flag !== undefined && known.includes(flag)) return flag
  if (flag !== undefined) {
    throw new ArchiveError('NOT_FOUND', `enrollment ${flag} is not available here, only ${all}`)
  }
  if (known.length === 1) return known[0] as string
  const todo = 'name one with --enrollment'
  throw new ArchiveError('BAD_REQUEST', `there are several enrollments (${all}): ${todo}`)
}

/**
 * The currency of an enrollment's bill, which only its balance summary contains; empty if that is not
 * archived.
 */
export async function currencyAt(
  connection: Connection,
  enrollment: string,
  period: string,
): Promise<string> {
  const path = `/archive/enrollments/${enrollment}/balancesummary/${period}/rows`
  const url = new URL(`${path}?select=currencyCode&limit=1&format=json`, connection.url)
  try {
    const { rows } = (await (await send(connection, 'GET', url, undefined)).json()) as {
      rows: { currencyCode?: string }[]
    }
    return rows[0]?.currencyCode ?? ''
  } catch (error) {
    if (error instanceof ArchiveApiError) return ''
    throw error
  }
}
