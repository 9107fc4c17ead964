/** What client generators need in both descriptions, and what they can't handle. */
import { describe, expect, it } from 'vitest'
import { routes } from '../../../shared/http/archive/routes.ts'
import { openApi } from '../../../shared/http/description/openapi.ts'
import { swagger } from '../../../shared/http/description/swagger.ts'
import { VERSIONS } from '../../../shared/http/reporting/report-routes.ts'

type Json = Record<string, unknown>

interface Operation {
  readonly operationId: string
  readonly parameters: readonly { name: string; in: string; required: boolean }[]
  readonly responses: Record<
    string,
    { headers?: Json; content?: Record<string, Json>; schema?: Json }
  >
  readonly 'x-ms-pageable'?: unknown
  readonly 'x-archive-responses': Record<string, string>
}

interface Document {
  readonly info: { readonly description: string }
  readonly paths: Record<string, Record<string, Operation>>
  readonly definitions?: Record<string, { properties?: Record<string, Json> }>
  readonly components?: { readonly schemas: Record<string, Json> }
}

const base = new URL('https://billing.example')
const ours = openApi(routes, base.origin, '1') as unknown as Document
const old = VERSIONS.map((version) => swagger(version, base) as unknown as Document)
const oldTexts = swagger('v3', base, 'text') as unknown as Document
const documents = [ours, ...old, oldTexts]

function operationsOf({ paths }: Document): Operation[] {
  return Object.values(paths).flatMap((path) => Object.values(path))
}

/** All schemas, at any depth. */
function schemasIn(value: unknown): Json[] {
  if (typeof value !== 'object' || value === null) return []
  const inner = Object.values(value).flatMap(schemasIn)
  return Array.isArray(value) ? inner : [value as Json, ...inner]
}

describe('the descriptions', () => {
  it('have no unions of strings, and null as a type or beside a reference', () => {
    const choices = documents.flatMap(schemasIn).filter((schema) => 'anyOf' in schema)
    expect(choices).toEqual([])
    const others = schemasIn(ours).filter(({ oneOf }) => Array.isArray(oneOf))
    expect(others.length).toBeGreaterThan(3)
    for (const { oneOf } of others) {
      expect(oneOf).toEqual([{ type: 'null' }, { $ref: expect.stringMatching(/^#\/components/) }])
    }
  })

  it('let rows have fields that are not described', () => {
    for (const { definitions = {} } of [...old, oldTexts]) {
      const rows = Object.keys(definitions).filter(
        (name) => definitions[name]?.properties?.['meterId'],
      )
      expect(rows.length).toBeGreaterThan(2)
      for (const name of rows)
        expect(definitions[name]).toMatchObject({ additionalProperties: true })
    }
  })

  it('name every enumeration once', () => {
    for (const document of documents) {
      const named = Object.values(document.components?.schemas ?? document.definitions ?? {})
      const enums = schemasIn(document).filter(({ enum: words }) => Array.isArray(words))
      expect(enums.length).toBeGreaterThan(0)
      expect(enums.every((schema) => named.includes(schema))).toBe(true)
      const lists = enums.map(({ enum: words }) => JSON.stringify(words))
      expect(new Set(lists).size).toBe(lists.length)
    }
  })

  it('give every object a name, so that no generator has to invent one', () => {
    const named = Object.values(ours.components?.schemas ?? {})
    const objects = named.flatMap(schemasIn).filter(({ properties }) => properties !== undefined)
    const isMember = (schema: Json): boolean => typeof schema['type'] === 'object' // called "type"
    expect(objects.filter((schema) => !named.includes(schema) && !isMember(schema))).toEqual([])
  })

  it('have results and one error, and describe everything else in text', () => {
    for (const operation of documents.flatMap(operationsOf)) {
      const statuses = Object.keys(operation.responses)
      expect(statuses.filter((status) => !/^20[02]$/.test(status))).toEqual(['default'])
      expect(statuses.length, operation.operationId).toBeGreaterThan(1)
      expect(operation['x-archive-responses']).toMatchObject({ 400: expect.any(String) })
    }
  })

  it('give a schema to every answer, files included', () => {
    for (const { responses, operationId } of documents.flatMap(operationsOf)) {
      for (const { content, schema } of Object.values(responses)) {
        const schemas =
          content === undefined ? [schema] : Object.values(content).map((each) => each['schema'])
        expect(
          schemas.every((each) => each !== undefined),
          operationId,
        ).toBe(true)
      }
    }
  })

  it('declare headers, and If-None-Match where an answer has a tag', () => {
    for (const { responses, parameters, operationId } of documents.flatMap(operationsOf)) {
      const isTagged = responses[200]?.headers?.['ETag'] !== undefined
      const takesTag = parameters.some(
        (given) => given.name === 'If-None-Match' && given.in === 'header',
      )
      expect(takesTag, operationId).toBe(isTagged)
      expect(responses['default']?.headers).toHaveProperty('Retry-After')
      if (responses[202] !== undefined) {
        expect(Object.keys(responses[202].headers ?? {})).toEqual(['Location', 'Retry-After'])
      }
    }
    expect(
      operationsOf(ours).filter(({ responses }) => responses[200]?.headers?.['Link']),
    ).toHaveLength(3)
  })

  it('mark answers with pages', () => {
    const pageable = documents
      .slice(0, 2)
      .map((document) =>
        operationsOf(document).flatMap((each) => (each['x-ms-pageable'] ? [each.operationId] : [])),
      )
    expect(pageable[0]).toEqual(['listSnapshots', 'snapshotRows', 'newestRows'])
    expect(pageable[1]).toEqual([
      'UsageDetails_List',
      'UsageDetails_ListByBillingPeriod',
      'UsageDetails_ListByCustomDate',
    ])
  })

  it('have readable names', () => {
    expect(operationsOf(old[2] as Document).map(({ operationId }) => operationId)).toEqual([
      'BillingPeriods_List',
      'BalanceSummary_Get',
      'BalanceSummary_GetByBillingPeriod',
      'UsageDetails_List',
      'UsageDetails_ListByBillingPeriod',
      'UsageDetails_ListByCustomDate',
      'UsageDetails_Download',
      'UsageDetails_Submit',
      'UsageDetails_GetReport',
      'MarketplaceCharges_List',
      'MarketplaceCharges_ListByBillingPeriod',
      'MarketplaceCharges_ListByCustomDate',
      'PriceSheet_List',
      'PriceSheet_ListByBillingPeriod',
    ])
  })

  it('give ids 64 bits and amounts a decimal type, or strings for text', () => {
    const columns = (document: Document | undefined): Record<string, Json> =>
      document?.definitions?.['UsageDetail']?.properties ?? {}
    const numbers = columns(old[2])
    expect(numbers['accountId']).toMatchObject({ type: 'integer', format: 'int64' })
    expect(numbers['cost']).toMatchObject({ type: 'number', format: 'decimal' })
    expect(numbers['resourceRate']).toMatchObject({ type: 'number', format: 'decimal' })
    const kinds = Object.values(columns(oldTexts)).map(({ type }) => type)
    expect(new Set(kinds)).toEqual(new Set(['string', 'boolean']))
    const whole = schemasIn(ours).filter(({ type }) => type === 'integer')
    expect(whole.every(({ format }) => format === 'int64' || format === 'int32')).toBe(true)
  })

  it('explain what doubles do to amounts, and what to do', () => {
    for (const { info } of documents) expect(info.description).toMatch(/double.*decimals=text/)
    for (const document of documents) {
      const takers = operationsOf(document).filter(({ parameters }) =>
        parameters.some(({ name }) => name === 'decimals'),
      )
      expect(takers.length).toBeGreaterThan(2)
    }
    const required = operationsOf(oldTexts).flatMap(({ parameters }) =>
      parameters.filter(({ name }) => name === 'decimals').map((each) => each.required),
    )
    expect(new Set(required)).toEqual(new Set([true]))
  })
})
