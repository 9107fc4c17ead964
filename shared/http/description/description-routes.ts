/** The routes with which the archive's own API describes itself. */
import { z } from 'zod'
import { jsonResponse } from '../api-message.ts'
import { type Route, route } from '../archive/route.ts'
import type { Json } from './json.ts'
import { openApi } from './openapi.ts'
import { docsAsset, docsPage } from './pages.ts'

const nothing = z.strictObject({})

/** The answer at the root: where the documentation is, and which routes exist. */
function indexOf(url: URL): Json {
  const at = (path: string): string => new URL(path, url).href
  return {
    docs: at('/archive/docs'),
    openapi: at('/archive/openapi.json'),
    enrollments: at('/archive/enrollments'),
    health: at('/archive/health'),
    verification: at('/archive/verification'),
    oldApi: at('/swagger'),
  }
}

/** The routes that describe `routes`. */
export function descriptionRoutes(routes: readonly Route[]): Route[] {
  return [
    route({
      id: 'getIndex',
      subject: 'State',
      method: 'GET',
      path: '/archive',
      summary: 'Links to the API and its documentation',
      params: nothing,
      query: nothing,
      role: null,
      responses: { 200: { description: 'Links', content: { 'application/json': null } } },
      handle: async (_deps, { request }) => jsonResponse(indexOf(request.url)),
    }),
    route({
      id: 'getOpenApi',
      subject: 'State',
      method: 'GET',
      path: '/archive/openapi.json',
      summary: 'This description as OpenAPI 3.1',
      params: nothing,
      query: nothing,
      role: null,
      responses: { 200: { description: 'OpenAPI', content: { 'application/json': null } } },
      handle: async ({ archive }, { request }) =>
        jsonResponse(openApi(routes, request.url.origin, archive.writer.version)),
    }),
    route({
      id: 'getDocs',
      subject: 'State',
      method: 'GET',
      path: '/archive/docs',
      summary: 'This description as a page',
      params: nothing,
      query: nothing,
      role: null,
      responses: { 200: { description: 'A page', content: { 'text/html': null } } },
      handle: async () => docsPage('Billing Archive', '/archive/openapi.json'),
    }),
    route({
      id: 'getDocsAsset',
      subject: 'State',
      method: 'GET',
      path: '/archive/docs/assets/{asset}',
      summary: 'A script or style sheet of the pages',
      params: z.strictObject({ asset: z.string().regex(/^[a-z0-9.-]{1,64}$/) }),
      query: nothing,
      role: null,
      responses: { 200: { description: 'A file', content: { 'text/css': null } } },
      handle: async (_deps, { params, request }) => docsAsset(request, params.asset),
    }),
  ]
}
