/** `/swagger/…`: the description of the old API's routes, at the old API's paths. */
import { ArchiveError } from '../../errors.ts'
import { type ApiRequest, type ApiResponse, jsonResponse } from '../api-message.ts'
import { problemResponse } from '../archive/archive-problem.ts'
import type { HttpDeps } from '../http-deps.ts'
import { type ApiVersion, VERSIONS } from '../reporting/report-routes.ts'
import { respond } from '../respond.ts'
import { docsPage } from './pages.ts'
import { swagger } from './swagger.ts'

/** Answers one request; never rejects: every failure has a status. Public, because it contains no data. */
export function swaggerApi(deps: HttpDeps, request: ApiRequest): Promise<ApiResponse> {
  const responder = { log: deps.archive.log, now: deps.now, problem: problemResponse }
  return respond(responder, request, async () => {
    const path = request.url.pathname.toLowerCase().replace(/\/$/, '')
    if (path === '/swagger' || path === '/swagger/ui/index') {
      return docsPage('Enterprise Reporting API, from the archive', '/swagger/docs/v3')
    }
    // Public clients ask for `/v1/swagger`.
    const version = VERSIONS.find(
      (known) =>
        path === `/swagger/docs/${known}` || segments(path).join('/') === `${known}/swagger`,
    )
    if (version !== undefined) return documentOf(version, request.url)
    throw new ArchiveError('NOT_FOUND', `there is no description at ${request.url.pathname}`)
  })
}

function segments(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '')
}

function documentOf(version: ApiVersion, url: URL): ApiResponse {
  const decimals = url.searchParams.get('decimals') === 'text' ? 'text' : 'number'
  return jsonResponse(swagger(version, url, decimals))
}
