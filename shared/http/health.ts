import type { KeyRing } from '../sources/key-ring.ts'
import type { BlobReader } from '../storage/ports.ts'
import type { Archive } from '../usecases/archive.ts'
import { archiveStatus } from '../usecases/archive-status.ts'
import { checkAccess } from '../usecases/check-access.ts'
import { checkStorage } from '../usecases/check-health.ts'
import { problemOf } from './problem.ts'

export interface HealthDeps
  extends Pick<Archive, 'state' | 'snapshots' | 'source' | 'config' | 'log'> {
  readonly access: Pick<BlobReader, 'read'>
  readonly keyRing: KeyRing
}

/**
 * `GET /archive/health`. Without a key, for probes: whether the app and its storage answer. With a key:
 * how every series of its enrollments stands, how long the source's keys last, and whether the datasets
 * agree. Never rejects.
 */
export async function health(
  deps: HealthDeps,
  request: Request,
  requestId: string,
): Promise<Response> {
  const headers = new Headers({ 'x-ms-request-id': requestId, 'cache-control': 'no-store' })
  try {
    const authorization = request.headers.get('authorization')
    if (authorization === null) {
      await checkStorage(deps.state, deps.source.kind)
      return Response.json({ status: 'ok' }, { headers })
    }
    const grant = await checkAccess(deps.access, authorization)
    return Response.json(await archiveStatus(deps, grant.enrollments), { headers })
  } catch (error) {
    const { status, code, message } = problemOf(error, requestId)
    if (status >= 500) deps.log.error('http.failed', { requestId, status, why: String(error) })
    if (status === 401) headers.set('www-authenticate', 'Bearer')
    headers.set('content-type', 'application/problem+json')
    const problem = { type: 'about:blank', title: message, status, code }
    return new Response(JSON.stringify(problem), { status, headers })
  }
}
