/** OpenAPI 3.1 of the archive's own API, generated from the schemas that its routes validate with. */
import type { z } from 'zod'
import { type HeaderName, headerTexts, NUMBERS } from '../archive/headers.ts'
import { type ResponseDescription, type Route, SUBJECTS } from '../archive/route.ts'
import { nameOf, problem } from '../archive/schemas.ts'
import type { Json } from './json.ts'
import { componentSchemas, parameterSchemas, refTo } from './openapi-schemas.ts'

/** Errors that every route may return. */
const REFUSALS: Readonly<Record<number, string>> = {
  400: 'A parameter is invalid; the title says which one',
  401: 'No credential, or one that is unknown, expired or revoked',
  403: 'The credential does not permit this',
  404: 'Not found',
  500: 'Internal error; the title has the id of the request',
  503: 'Storage does not answer, or work is in progress; try again later',
}

const NOT_CHANGED = 'Unchanged since If-None-Match'

/** The document, for a server at `origin`. */
export function openApi(routes: readonly Route[], origin: string, version: string): Json {
  const paths: Record<string, Json> = {}
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Billing Archive',
      version,
      description:
        'History: any snapshot by number or time, rows as JSON, NDJSON or CSV, differences, exact totals, refreshes on demand. ' +
        'The routes of the old Enterprise Reporting API are described at /swagger/docs/v3.\n\n' +
        NUMBERS,
    },
    servers: [{ url: origin }],
    security: [{ bearer: [] }],
    tags: SUBJECTS.map((name) => ({ name })),
    paths,
    components: {
      schemas: componentSchemas(),
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description: 'A key of this archive, or an Entra ID token',
        },
      },
    },
  }
}

/**
 * Describes one route. Generators turn every listed answer into a result, and every answer with a type of its
 * own into an exception. So only results are listed by status, all errors are `default`, and the rest is in
 * the text.
 */
function operation(route: Route): Json {
  const { id, subject, summary, params, query, role, responses } = route
  const results = Object.entries(responses).filter(([status]) => isResult(Number(status)))
  const isTagged = results.some(([, { headers = [] }]) => headers.includes('ETag'))
  return {
    operationId: id,
    tags: [subject],
    summary,
    description: inWords(route, isTagged),
    ...(role === null ? { security: [{}, { bearer: [] }] } : {}),
    parameters: [
      ...parametersOf(params, 'path'),
      ...parametersOf(query, 'query'),
      ...(isTagged ? [IF_NONE_MATCH] : []),
    ],
    responses: {
      ...Object.fromEntries(results.map(([status, described]) => [status, responseOf(described)])),
      default: responseOf({
        description: 'An error',
        content: { 'application/problem+json': problem },
        headers: ['Retry-After'],
      }),
    },
    ...pagesOf(results.map(([, described]) => described)),
    'x-archive-responses': Object.fromEntries(
      Object.entries({
        ...REFUSALS,
        ...(isTagged ? { 304: NOT_CHANGED } : {}),
        ...told(responses),
      }),
    ),
  }
}

const IF_NONE_MATCH = {
  name: 'If-None-Match',
  in: 'header',
  required: false,
  description:
    'The ETag of an earlier response; 304 without a body while the response is unchanged',
  schema: { type: 'string' },
}

/** A 206 is part of a 200's content, and redirects are followed. */
function isResult(status: number): boolean {
  return status >= 200 && status < 300 && status !== 206
}

function told(responses: Route['responses']): Json {
  return Object.fromEntries(
    Object.entries(responses)
      .filter(([status]) => !isResult(Number(status)))
      .map(([status, { description }]) => [status, description]),
  )
}

function inWords({ role, responses }: Route, isTagged: boolean): string {
  const others = Object.entries({ ...(isTagged ? { 304: NOT_CHANGED } : {}), ...told(responses) })
  return [
    role === null ? 'Needs no credential.' : `Needs ${role}.`,
    ...others.map(([status, text]) => `${status}: ${text}.`),
  ].join(' ')
}

function parametersOf(schema: z.ZodObject, place: 'path' | 'query'): Json[] {
  return parameterSchemas(schema).map(({ name, ...rest }) => ({ name, in: place, ...rest }))
}

function responseOf({ description, content, headers = [], other }: ResponseDescription): Json {
  const schemaOf = (type: string, schema: z.ZodType | null): Json => {
    if (schema === null) return { schema: { type: 'string', format: 'binary' } }
    const isOther = other !== undefined && type === 'application/json'
    const more = isOther ? { [`x-schema-with-${other.with}`]: refTo(nameOf(other.schema)) } : {}
    return { schema: refTo(nameOf(schema)), ...more }
  }
  return {
    description,
    ...(headers.length === 0 ? {} : { headers: headersOf(headers) }),
    ...(content === undefined
      ? {}
      : {
          content: Object.fromEntries(
            Object.entries(content).map(([type, schema]) => [type, schemaOf(type, schema)]),
          ),
        }),
  }
}

function headersOf(names: readonly HeaderName[]): Json {
  return Object.fromEntries(
    names.map((name) => [name, { description: headerTexts[name], schema: { type: 'string' } }]),
  )
}

/** Paged answers, and where their rows and next link are. */
const PAGES: Readonly<Record<string, string>> = { Rows: 'rows', Snapshots: 'snapshots' }

function pagesOf(results: readonly ResponseDescription[]): Json {
  const json = results.map(({ content }) => content?.['application/json'])
  const itemName = json.flatMap((schema) => (schema ? (PAGES[nameOf(schema)] ?? []) : []))[0]
  return itemName === undefined ? {} : { 'x-ms-pageable': { nextLinkName: 'next', itemName } }
}
