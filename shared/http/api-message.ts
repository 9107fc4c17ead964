/** Requests and responses as plain values: what a host brings, and what it takes back. */

/** A request as our code sees it. No route of ours reads a body. */
export interface ApiRequest {
  /** In upper case. */
  readonly method: string
  /** Absolute, on the host by which the caller knows us. */
  readonly url: URL
  /** A header's value by its name in lower case, or null. */
  readonly header: (name: string) => string | null
  /** Stands in the answer, in log lines, and in errors that say nothing else. */
  readonly id: string
}

export interface ApiResponse {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** Its bytes, piece by piece: large ones are not copied together. None if there is no body. */
  readonly body: readonly Uint8Array[]
}

/** Answers one request. */
export type ApiHandler = (request: ApiRequest) => Promise<ApiResponse>

/** A JSON document as a response. */
export function jsonResponse(
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
  status = 200,
): ApiResponse {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: [Buffer.from(JSON.stringify(value))],
  }
}
