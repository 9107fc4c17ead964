/** Routes under `/v1`, `/v2` and `/v3`: the reports, and the old API's description. */
import type { ApiRequest, ApiResponse } from './api-message.ts'
import { swaggerApi } from './description/swagger-api.ts'
import type { HttpDeps } from './http-deps.ts'
import { reportingApi } from './reporting/reporting-api.ts'

const REPORTS = /^\/+v[123](?!\/+swagger\/*$)(\/|$)/i

/**
 * Answers one request; never rejects: every failure has a status. Other paths whose first segment has two
 * characters arrive here too and get a 404 without a credential.
 */
export function oldApi(deps: HttpDeps, request: ApiRequest): Promise<ApiResponse> {
  if (REPORTS.test(request.url.pathname)) return reportingApi(deps, request)
  return swaggerApi(deps, request)
}
