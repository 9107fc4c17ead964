/** Functions on the archive's routes that echo their input. */
import { app, type HttpRequest, type HttpResponseInit } from '@azure/functions'

async function echo(request: HttpRequest): Promise<HttpResponseInit> {
  const { method, url, params } = request
  const body = await request.text()
  const authorization = request.headers.get('authorization')
  return { jsonBody: { url, method, authorization, params, bodyBytes: body.length } }
}

const methods = ['GET', 'HEAD', 'POST', 'OPTIONS'] as const

for (const [name, route] of [
  ['old', '{version:length(2)}/{*report}'],
  ['archive', 'archive/{*path}'],
  ['swagger', 'swagger/{*path}'],
] as const) {
  app.http(name, { methods: [...methods], route, authLevel: 'anonymous', handler: echo })
}
