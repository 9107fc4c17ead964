import type { ApiHandler } from '../../shared/http/api-message.ts'

export interface CallOptions {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** Calls a handler like the functions do, and returns a standard response. */
export async function call(
  handler: ApiHandler,
  url: string,
  { method = 'GET', headers = {} }: CallOptions = {},
): Promise<Response> {
  const given = new Headers(headers)
  const {
    status,
    headers: named,
    body,
  } = await handler({
    method,
    url: new URL(url, 'http://archive.example'),
    header: (name) => given.get(name),
    id: 'request-1',
  })
  return new Response(body.length === 0 ? null : Buffer.concat(body), { status, headers: named })
}
