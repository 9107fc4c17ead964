/**
 * Generates TypeScript from both descriptions: a type for every answer and for the parameters of every
 * operation, and a table of the operations. Numbers in rows are strings of their digits, which the client
 * always requests.
 */

import { routes } from '../../shared/http/archive/routes.ts'
import { openApi } from '../../shared/http/description/openapi.ts'
import { swagger } from '../../shared/http/description/swagger.ts'
import { compile, type JSONSchema } from '../../tools/json-schema-to-typescript.ts'

type Json = Readonly<Record<string, unknown>>

interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required?: boolean
  readonly description?: string
  /** In OpenAPI 3.1; Swagger 2.0 has it in the parameter itself. */
  readonly schema?: Json
  readonly type?: string
}

interface Described {
  readonly operationId: string
  readonly summary: string
  readonly parameters: readonly Parameter[]
  readonly responses: Readonly<Record<string, Response>>
}

interface Response {
  readonly schema?: Json
  readonly content?: Readonly<Record<string, { readonly schema: Json }>>
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>
  readonly definitions?: Readonly<Record<string, Json>>
  readonly components?: { readonly schemas: Readonly<Record<string, Json>> }
}

interface Operation {
  readonly id: string
  readonly method: string
  readonly path: string
  readonly summary: string
  readonly parameters: readonly Parameter[]
  /** True if it supports `decimals=text`. */
  readonly decimals: boolean
  /** True if a worker may have to compose the answer, which is then a 202 with the URL to poll. */
  readonly waits: boolean
  /** Schema of the JSON answer, if there is one. */
  readonly answer: Json | null
  /** True if the answer can be a file. */
  readonly isFile: boolean
}

const BANNER = '/* Generated from the descriptions of the HTTP API by `npm run client:generate`. */'

/** The text of `client/src/operations.ts`. */
export async function operationTypes(): Promise<string> {
  const base = new URL('http://localhost')
  const archive = openApi(routes, base.origin, '1') as unknown as Document
  const reporting = swagger('v3', base, 'text') as unknown as Document
  const operations = [...operationsOf(archive), ...operationsOf(reporting)]
  const isJson = ({ answer }: Operation): boolean => answer !== null
  const schema = {
    type: 'object',
    description: 'Operations with JSON answers, by name.',
    ...members(operations.filter(isJson).map((each) => [each.id, jsonOperation(each)])),
    definitions: {
      ...definitionsOf(archive),
      ...definitionsOf(reporting),
      FileOperations: {
        type: 'object',
        description: 'Parameters of the operations with files, by name.',
        ...members(
          operations.filter(({ isFile }) => isFile).map((each) => [each.id, fileParams(each)]),
        ),
      },
    },
  }
  const types = await compile(rewritten(schema) as JSONSchema, 'Operations', {
    additionalProperties: false,
    bannerComment: BANNER,
    unreachableDefinitions: true,
    ignoreMinAndMaxItems: true,
    style: { semi: false, singleQuote: true, printWidth: 100 },
  })
  return `${withoutNotes(types)}\n${table(operations)}`
}

function operationsOf({ paths }: Document): Operation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId, summary, parameters, responses }]) => {
      const schemas = Object.entries(responses)
        .filter(([status]) => status.startsWith('2'))
        .flatMap(([status, response]) => schemasOf(response).map((schema) => ({ status, schema })))
      // The client polls until a worker has composed the answer, so 202 is an answer only if it is the
      // expected one.
      const [first] = Object.keys(responses)
        .filter((status) => status.startsWith('2'))
        .sort()
      const answer = schemas.find(
        ({ status, schema }) => status === first && !isFile(schema),
      )?.schema
      return {
        id: operationId,
        method: method.toUpperCase(),
        path,
        summary,
        parameters: parameters.filter((each) => each.in !== 'header' && each.name !== 'decimals'),
        waits: schemas.some(({ status, schema }) => status === '202' && !isSame(schema, answer)),
        decimals: parameters.some(({ name }) => name === 'decimals'),
        answer: answer ?? null,
        isFile: schemas.some(({ schema }) => isFile(schema)),
      }
    }),
  )
}

function schemasOf({ schema, content = {} }: Response): Json[] {
  const given = Object.values(content).map((each) => each.schema)
  return schema === undefined ? given : [schema, ...given]
}

function isSame(a: Json, b: Json | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

function isFile({ type, format }: Json): boolean {
  return type === 'file' || format === 'binary'
}

/** `format` and `limit=all` turn an answer into a file, so only file operations have them. */
function jsonOperation({ summary, parameters, answer, isFile: mayBeFile }: Operation): Json {
  const own = parameters
    .filter(({ name }) => !(mayBeFile && name === 'format'))
    .map((each) =>
      mayBeFile && each.name === 'limit' ? { ...each, schema: { type: 'integer' } } : each,
    )
  return {
    type: 'object',
    description: summary,
    ...members([
      ['params', paramsOf(own)],
      ['answer', answer],
    ]),
  }
}

function fileParams({ summary, parameters }: Operation): Json {
  return { ...paramsOf(parameters), description: summary }
}

function paramsOf(parameters: readonly Parameter[]): Json {
  const properties = parameters.map(({ name, description, schema, type }) => [
    name,
    { ...(schema ?? { type }), ...(description === undefined ? {} : { description }) },
  ])
  return {
    type: 'object',
    required: parameters.filter(({ required }) => required === true).map(({ name }) => name),
    properties: Object.fromEntries(properties) as Json,
  }
}

function members(entries: readonly (readonly [string, unknown])[]): Json {
  return { required: entries.map(([name]) => name), properties: Object.fromEntries(entries) }
}

/** The types of answers; errors are classes of the client. */
function definitionsOf({ definitions = {}, components }: Document): Json {
  const {
    Error: _error,
    ErrorDetail: _detail,
    ...kept
  } = { ...definitions, ...components?.schemas }
  return kept
}

/** Both documents as JSON Schema. */
function rewritten(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(rewritten)
  if (typeof value !== 'object' || value === null) return value
  const { 'x-nullable': isNullable, ...rest } = value as Record<string, unknown>
  const found = Object.fromEntries(
    Object.entries(rest).map(([key, inner]) => [
      key,
      key === '$ref'
        ? String(inner).replace('#/components/schemas/', '#/definitions/')
        : rewritten(inner),
    ]),
  )
  if (isNullable !== true) return found
  return '$ref' in found
    ? { anyOf: [found, { type: 'null' }] }
    : { ...found, type: [found['type'], 'null'] }
}

/** Comments that the compiler adds to definitions that are only referenced. */
function withoutNotes(types: string): string {
  return types
    .replace(
      /\n? \* This interface was referenced by `Operations`'s JSON-Schema\n \* via the `definition` "\w+"\.\n/g,
      '\n',
    )
    .replace(/(\n *\*)+(\n *\*\/)/g, '$2')
    .replace(/\/\*\*\s*\*\/\n/g, '')
}

function table(operations: readonly Operation[]): string {
  const lines = operations.map(
    ({ id, method, path, decimals, waits }) =>
      `  ${id}: { method: '${method}', path: '${path}', decimals: ${decimals}, waits: ${waits} },`,
  )
  return [
    '/** How each operation is requested. */',
    'export const operations = {',
    ...lines,
    '} as const satisfies Readonly<',
    '  Record<',
    '    keyof Operations | keyof FileOperations,',
    "    { method: 'GET' | 'POST'; path: string; decimals: boolean; waits: boolean }",
    '  >',
    '>',
    '',
  ].join('\n')
}
