import { type ApiResponse, jsonResponse } from '../api-message.ts'
import type { Problem } from '../problem.ts'

/** A problem document (RFC 9457). */
export function problemResponse(
  { status, code, message }: Problem,
  headers: Readonly<Record<string, string>> = {},
): ApiResponse {
  const type = { 'content-type': 'application/problem+json; charset=utf-8' }
  const body = { type: 'about:blank', title: message, status, code }
  return jsonResponse(body, { ...type, ...headers }, status)
}
