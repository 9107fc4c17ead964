/** Checks answers against the API descriptions. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { matchPath } from '../../shared/http/archive/route.ts'
import { routes } from '../../shared/http/archive/routes.ts'
import { openApi } from '../../shared/http/description/openapi.ts'
import { swagger } from '../../shared/http/description/swagger.ts'
import { VERSIONS } from '../../shared/http/reporting/report-routes.ts'

interface Described {
  readonly paths: Record<string, Record<string, Operation>>
}

interface Operation {
  readonly responses: Record<string, Answer>
  /** Statuses that generators should not turn into results, and their meaning. */
  readonly 'x-archive-responses': Record<string, string>
}

interface Answer {
  /** OpenAPI 3.1. */
  readonly content?: Record<string, { schema?: object; 'x-schema-with-limit=all'?: object }>
  readonly headers?: Record<string, object>
  /** Swagger 2.0. */
  readonly schema?: object
}

const base = new URL('http://archive.example')
const documents: ReadonlyMap<string, Described> = new Map([
  ['archive', openApi(routes, base.origin, '0') as unknown as Described],
  ...VERSIONS.flatMap((version) => [
    [version, withNulls(swagger(version, base))] as const,
    [`${version} text`, withNulls(swagger(version, base, 'text'))] as const,
  ]),
])

const validators = new Map<string, ValidateFunction>()

/**
 * What is wrong with an answer: a status, a media type or a field that is not described; null if nothing.
 * `text`: the answer's body.
 */
export function undescribed(
  method: string,
  url: string,
  response: Response,
  text: string,
): string | null {
  const { pathname, searchParams } = new URL(url, base)
  const first = pathname.split('/')[1]?.toLowerCase() ?? ''
  const isText = first !== 'archive' && /[?&]decimals=text/i.test(url)
  const family = isText ? `${first} text` : first
  const document = documents.get(family)
  const path = Object.keys(document?.paths ?? {}).find((known) =>
    matchPath(known.toLowerCase(), pathname.toLowerCase()),
  )
  const verb = method === 'HEAD' ? 'get' : method.toLowerCase()
  const operation = document?.paths[path ?? '']?.[verb]
  const { status } = response
  if (path === undefined && status === 404) return null // an unknown path, reported as such
  const what = `${method} ${pathname} ${status}`
  const answer = operation?.responses[status] ?? otherwise(operation, status)
  if (answer === undefined) return `${what} is not described`
  for (const name of TOLD_HEADERS) {
    const isMissing = response.headers.has(name) && answer.headers?.[name] === undefined
    if (isMissing && status < 300) return `${what}: the header ${name} is not described`
  }
  const type = response.headers.get('content-type')?.split(';')[0] ?? ''
  if (text === '' || status === 304) return null
  const whole =
    searchParams.get('limit') === 'all' && answer.content?.[type]?.['x-schema-with-limit=all']
  const schema = answer.schema ?? (whole || answer.content?.[type]?.schema)
  if (answer.content !== undefined && answer.content[type] === undefined) {
    return `${what} as ${type} is not described`
  }
  if (schema === undefined || isFile(schema) || !type.endsWith('json')) return null
  const key = `${family} ${JSON.stringify(schema)}`
  const validate = validators.get(key) ?? compiled(family, schema)
  validators.set(key, validate)
  if (validate(JSON.parse(text))) return null
  return `${what}: ${JSON.stringify(validate.errors?.slice(0, 3))}`
}

/** Headers that must be described if an answer has them. */
const TOLD_HEADERS = ['ETag', 'Link', 'Location', 'Retry-After', 'Repr-Digest']

/** True for statuses without a result: a part (206), nothing (304, 307), or an error. */
function otherwise(operation: Operation | undefined, status: number): Answer | undefined {
  if (operation?.['x-archive-responses'][status] === undefined) return undefined
  const { responses } = operation
  if (status === 206) return { headers: responses[200]?.headers ?? {} }
  return status < 400 ? {} : responses['default']
}

function isFile(schema: object): boolean {
  return 'format' in schema && schema.format === 'binary'
}

function compiled(family: string, schema: object): ValidateFunction {
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  addFormats.default(ajv)
  ajv.addFormat('decimal', true) // for generators
  const document = documents.get(family) as unknown as Record<string, object>
  return ajv.compile({
    ...schema,
    components: document['components'],
    definitions: document['definitions'],
  })
}

/** Swagger 2.0 has its own keyword for null. */
function withNulls(document: unknown): Described {
  return JSON.parse(JSON.stringify(document), (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null || !('x-nullable' in value)) return value
    const { type, ...rest } = value as unknown as { type: string }
    return { ...rest, type: [type, 'null'] }
  }) as Described
}
