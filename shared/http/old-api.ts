/** Everything under `/v1`, `/v2` and `/v3`: the reports, and the description where the old API had it. */
import type { ApiRequest, ApiResponse } from './api-message.ts'
import { swaggerApi } from './description/swagger-api.ts'
import type { HttpDeps } from './http-deps.ts'
import { reportingApi } from './reporting/reporting-api.ts'

const DESCRIPTION = /^\/+v[123]\/+swagger\/*$/i

/** Answers one request; never rejects: every failure has its status. */
export function oldApi(deps: HttpDeps, request: ApiRequest): Promise<ApiResponse> {
  if (DESCRIPTION.test(request.url.pathname)) return swaggerApi(deps, request)
  return reportingApi(deps, request)
}
