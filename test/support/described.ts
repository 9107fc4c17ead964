/** Holds answers against what the API says of itself. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { matchPath } from '../../shared/http/archive/route.ts'
import { routes } from '../../shared/http/archive/routes.ts'
import { openApi } from '../../shared/http/description/openapi.ts'
import { swagger } from '../../shared/http/description/swagger.ts'
import { VERSIONS } from '../../shared/http/reporting/report-routes.ts'

interface Described {
  readonly paths: Record<string, Record<string, { responses: Record<string, Answer> }>>
}

interface Answer {
  /** OpenAPI 3.1. */
  readonly content?: Record<string, { schema?: object }>
  /** Swagger 2.0. */
  readonly schema?: object
}

const base = new URL('http://archive.example')
const documents: ReadonlyMap<string, Described> = new Map([
  ['archive', openApi(routes, base.origin, '0') as unknown as Described],
  ...VERSIONS.map((version) => [version, withNulls(swagger(version, base))] as const),
])

const validators = new Map<string, ValidateFunction>()

/**
 * What is wrong with an answer according to the description: a status, a media type or a field that it does not
 * know; null if nothing is. `text` is the answer's body.
 */
export function undescribed(
  method: string,
  url: string,
  response: Response,
  text: string,
): string | null {
  const { pathname } = new URL(url, base)
  const family = pathname.split('/')[1]?.toLowerCase() ?? ''
  const document = documents.get(family)
  const path = Object.keys(document?.paths ?? {}).find((known) =>
    matchPath(known.toLowerCase(), pathname.toLowerCase()),
  )
  const verb = method === 'HEAD' ? 'get' : method.toLowerCase()
  const answer = document?.paths[path ?? '']?.[verb]?.responses[response.status]
  if (path === undefined && response.status === 404) return null // nothing is there, and it says so
  const what = `${method} ${pathname} ${response.status}`
  if (answer === undefined) return `${what} is not described`
  const type = response.headers.get('content-type')?.split(';')[0] ?? ''
  if (text === '' || response.status === 304) return null
  const schema = answer.schema ?? answer.content?.[type]?.schema
  if (answer.content !== undefined && answer.content[type] === undefined) {
    return `${what} as ${type} is not described`
  }
  if (schema === undefined || !type.endsWith('json')) return null
  const key = `${family} ${JSON.stringify(schema)}`
  const validate = validators.get(key) ?? compiled(family, schema)
  validators.set(key, validate)
  if (validate(JSON.parse(text))) return null
  return `${what}: ${JSON.stringify(validate.errors?.slice(0, 3))}`
}

function compiled(family: string, schema: object): ValidateFunction {
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  addFormats.default(ajv)
  const document = documents.get(family) as unknown as Record<string, object>
  return ajv.compile({
    ...schema,
    components: document['components'],
    definitions: document['definitions'],
  })
}

/** Swagger 2.0 says null by a word of its own. */
function withNulls(document: unknown): Described {
  return JSON.parse(JSON.stringify(document), (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null || !('x-nullable' in value)) return value
    const { type, ...rest } = value as unknown as { type: string }
    return { ...rest, type: [type, 'null'] }
  }) as Described
}
