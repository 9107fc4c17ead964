/** Everything under `/v1`, `/v2` and `/v3`: the reports, and the description where the old API had it. */
import type { ApiRequest, ApiResponse } from './api-message.ts'
import { swaggerApi } from './description/swagger-api.ts'
import type { HttpDeps } from './http-deps.ts'
import { reportingApi } from './reporting/reporting-api.ts'

const REPORTS = /^\/+v[123](?!\/+swagger\/*$)(\/|$)/i

/**
 * Answers one request; never rejects: every failure has its status. Other paths whose first segment has two
 * characters come here, too: nothing is there, and no key is asked for.
 */
export function oldApi(deps: HttpDeps, request: ApiRequest): Promise<ApiResponse> {
  if (REPORTS.test(request.url.pathname)) return reportingApi(deps, request)
  return swaggerApi(deps, request)
}
