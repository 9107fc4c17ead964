/** The archive's own API: matches the route, checks caller and parameters, and reports errors as problems. */
import type { z } from 'zod'
import { type Caller, checkEnrollment, checkRole } from '../access/caller.ts'
import { ArchiveError } from '../errors.ts'
import { authenticate } from '../usecases/access/check-access.ts'
import type { ApiRequest, ApiResponse } from './api-message.ts'
import { problemResponse } from './archive/archive-problem.ts'
import { queryValues } from './archive/parameters.ts'
import { matchPath, type Route } from './archive/route.ts'
import { routes } from './archive/routes.ts'
import { descriptionRoutes } from './description/description-routes.ts'
import type { HttpDeps } from './http-deps.ts'
import { respond } from './respond.ts'

/** Served but not described: these routes are the description. */
const all = [...routes, ...descriptionRoutes(routes)]

/** Answers one request; never rejects: every failure has a status. */
export function archiveApi(deps: HttpDeps, request: ApiRequest): Promise<ApiResponse> {
  const responder = { log: deps.archive.log, now: deps.now, problem: problemResponse }
  return respond(responder, request, () => answer(deps, request))
}

async function answer(deps: HttpDeps, request: ApiRequest): Promise<ApiResponse> {
  const { pathname, searchParams } = request.url
  const found = all.flatMap((route) => {
    const segments = matchPath(route.path, pathname)
    return segments === null ? [] : [{ route, segments }]
  })
  if (found.length === 0) throw new ArchiveError('NOT_FOUND', `there is no route ${pathname}`)
  const method = request.method === 'HEAD' ? 'GET' : request.method
  const match = found.find(({ route }) => route.method === method)
  if (match === undefined) return wrongMethod(found.map(({ route }) => route))
  const { route, segments } = match
  const caller = await callerFor(deps, request, route)
  const params = checked(route.params, decoded(segments), 'path')
  if (caller !== null && 'enrollment' in params) {
    checkEnrollment(caller, String(params['enrollment']))
  }
  const query = checked(route.query, queryValues(route.query, searchParams), 'query')
  return route.handle(deps, { params, query, caller, request })
}

function wrongMethod(there: readonly Route[]): ApiResponse {
  const methods = there.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
  const message = `this route only accepts ${methods.join(', ')}`
  const problem = { status: 405, code: 'METHOD_NOT_ALLOWED', message }
  return problemResponse(problem, { allow: methods.join(', ') })
}

/** A credential must be valid if it is sent, even on routes that need none. */
async function callerFor(
  { access }: HttpDeps,
  request: ApiRequest,
  { role }: Route,
): Promise<Caller | null> {
  const authorization = request.header('authorization')
  if (role === null && authorization === null) return null
  const caller = await authenticate(access, authorization)
  if (role !== null) checkRole(caller, role)
  return caller
}

function decoded(segments: Record<string, string>): Record<string, string> {
  try {
    return Object.fromEntries(
      Object.entries(segments).map(([name, text]) => [name, decodeURIComponent(text)]),
    )
  } catch (cause) {
    throw new ArchiveError('BAD_REQUEST', 'the path is not valid UTF-8', { cause })
  }
}

function checked(schema: z.ZodObject, values: unknown, where: string): Record<string, unknown> {
  const result = schema.safeParse(values)
  if (result.success) return result.data
  const faults = result.error.issues.map(({ path, message }) => {
    const name = path.length === 0 ? where : String(path[0])
    return `${name}: ${message}`
  })
  throw new ArchiveError('BAD_REQUEST', faults.join('; '))
}
