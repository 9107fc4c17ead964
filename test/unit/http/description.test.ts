import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { routes } from '../../../shared/http/archive/routes.ts'
import { openApi } from '../../../shared/http/description/openapi.ts'
import { swagger } from '../../../shared/http/description/swagger.ts'
import { VERSIONS } from '../../../shared/http/reporting/report-routes.ts'
import { call } from '../../../testing/http/call.ts'
import { memoryHttp } from '../../../testing/simulation/memory-http.ts'

const plain = (document: object): Record<string, unknown> =>
  JSON.parse(JSON.stringify(document)) as Record<string, unknown>
const base = new URL('https://billing.example')

describe('the descriptions', () => {
  it('are OpenAPI 3.1 and Swagger 2.0 by their own schemas', async () => {
    const documents = [openApi(routes, base.origin, '1'), ...VERSIONS.map((v) => swagger(v, base))]
    for (const document of documents) {
      const { valid, errors } = await new Validator().validate(plain(document))
      expect(errors ?? []).toEqual([])
      expect(valid).toBe(true)
    }
  })

  it('have an operation for every route, each with a unique name', () => {
    const { paths } = openApi(routes, base.origin, '1') as { paths: Record<string, object> }
    const ids = routes.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    for (const { path, method } of routes) {
      expect(Object.keys(paths[path] ?? {})).toContain(method.toLowerCase())
    }
  })

  it('are found from the root of either family, without a key', async () => {
    const { serve } = await memoryHttp()
    for (const path of ['/archive', '/archive/']) {
      const response = await call(serve, path)
      expect(response.status).toBe(200)
      const links = (await response.json()) as Record<string, string>
      for (const link of Object.values(links)) {
        const { status } = await call(serve, new URL(link).pathname)
        expect([200, 401], link).toContain(status)
      }
      expect(links['docs']).toBe('http://archive.example/archive/docs')
    }
    for (const path of ['/swagger', '/swagger/']) {
      const response = await call(serve, path)
      expect(response.headers.get('content-type')).toContain('text/html')
    }
  })

  it('omit in v1 and v2 what v3 added', () => {
    const fieldsOf = (version: 'v2' | 'v3'): string[] => {
      const { definitions } = swagger(version, base) as {
        definitions: { UsageDetail: { properties: object } }
      }
      return Object.keys(definitions.UsageDetail.properties)
    }
    expect(fieldsOf('v3')).toContain('serviceName')
    expect(fieldsOf('v2')).not.toContain('serviceName')
    expect(fieldsOf('v2')).toContain('Cost')
  })

  const forms = VERSIONS.flatMap((version) => [
    [version, 'number'] as const,
    [version, 'text'] as const,
  ])

  it.each(forms)(
    'of %s with decimals as %s have an example of every schema that fits it',
    (version, decimals) => {
      const { definitions } = plain(swagger(version, base, decimals)) as {
        definitions: Record<string, { example?: unknown }>
      }
      const ajv = new Ajv({ strict: false, allErrors: true, formats: FORMATS })
      ajv.addSchema({ $id: 'swagger', definitions: nullable(definitions) })
      for (const [name, { example }] of Object.entries(definitions)) {
        expect(example, name).toBeDefined()
        const isValid = ajv.validate(`swagger#/definitions/${name}`, example)
        expect(isValid ? '' : `${name}: ${ajv.errorsText()}`).toBe('')
      }
    },
  )
})

const FORMATS = { 'date-time': true, int64: true, decimal: true, int32: true } as const

/** Swagger 2.0 has `x-nullable` instead of a type null. */
function nullable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(nullable)
  if (typeof value !== 'object' || value === null) return value
  const made = Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, nullable(each)]),
  )
  return made['x-nullable'] === true ? { anyOf: [made, { type: 'null' }] } : made
}
