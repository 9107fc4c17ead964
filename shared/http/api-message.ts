/** Requests and responses as plain values, independent of the host. */

/** A request. No route of the app reads a body. */
export interface ApiRequest {
  /** In upper case. */
  readonly method: string
  /** Absolute, with the host name that the caller used. */
  readonly url: URL
  /** A header's value by its name in lower case, or null. */
  readonly header: (name: string) => string | null
  /** Appears in the answer and in log lines, and is all that an internal error reveals. */
  readonly id: string
}

export interface ApiResponse {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** The body in chunks, so that large bodies are not copied into one buffer. Empty if there is no body. */
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
