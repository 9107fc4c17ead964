/** OpenAPI 3.1 of the archive's own API, made from the schemas that its routes check with. */
import { z } from 'zod'
import { type AnswerDescription, type Route, SUBJECTS } from '../archive/route.ts'
import * as schemas from '../archive/schemas.ts'

type Json = Record<string, unknown>

const COMPONENTS = '#/components/schemas/'

/** What every route that wants a caller may answer as well. */
const REFUSALS: Readonly<Record<number, string>> = {
  400: 'A parameter is not what it has to be; the title says which',
  401: 'No credential, or one that is unknown, expired or revoked',
  403: 'The credential does not open this',
  404: 'There is no such thing',
  500: 'Our fault; the title has the id of the request',
  503: 'Storage does not answer, or work is under way; try again later',
}

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
        'History, any snapshot by number or time, rows as JSON, NDJSON or CSV, differences, exact sums, fetching on demand. ' +
        'The routes of the old Enterprise Reporting API are described at /swagger/docs/v3.',
    },
    servers: [{ url: origin }],
    security: [{ bearer: [] }],
    tags: SUBJECTS.map((name) => ({ name })),
    paths,
    components: {
      schemas: components(),
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description: 'A key of this archive, or a token of Entra ID',
        },
      },
    },
  }
}

function operation({ id, subject, summary, params, query, role, answers }: Route): Json {
  return {
    operationId: id,
    tags: [subject],
    summary,
    ...(role === null ? { security: [{}, { bearer: [] }] } : { description: `Needs ${role}.` }),
    parameters: [...parametersOf(params, 'path'), ...parametersOf(query, 'query')],
    responses: {
      ...Object.fromEntries(
        Object.entries(REFUSALS).map(([status, description]) => [
          status,
          answer({ description, content: { 'application/problem+json': schemas.problem } }),
        ]),
      ),
      ...Object.fromEntries(
        Object.entries(answers).map(([status, described]) => [status, answer(described)]),
      ),
      ...(role === null ? {} : { 304: { description: 'Not changed since If-None-Match' } }),
    },
  }
}

function parametersOf(schema: z.ZodObject, place: 'path' | 'query'): Json[] {
  return Object.entries(schema.shape).map(([name, field]) => {
    const type = field as z.ZodType
    const { description, ...shape } = jsonSchema(type, 'input')
    return {
      name,
      in: place,
      required: !type.safeParse(undefined).success,
      ...(description === undefined ? {} : { description }),
      schema: shape,
    }
  })
}

function answer({ description, content }: AnswerDescription): Json {
  if (content === undefined) return { description }
  const described = Object.entries(content).map(([type, schema]) => [
    type,
    schema === null ? {} : { schema: { $ref: `${COMPONENTS}${idOf(schema)}` } },
  ])
  return { description, content: Object.fromEntries(described) as Json }
}

function idOf(schema: z.ZodType): string {
  const id = schema.meta()?.id
  if (id === undefined) throw new Error('a schema of an answer has no id')
  return id
}

/** Every schema of an answer, by its id. */
function components(): Json {
  const registry = z.registry<{ id: string }>()
  for (const schema of Object.values(schemas)) registry.add(schema, { id: idOf(schema) })
  const { schemas: made } = z.toJSONSchema(registry, {
    io: 'output',
    uri: (id) => `${COMPONENTS}${id}`,
  })
  return Object.fromEntries(
    Object.entries(made).map(([id, schema]) => {
      const { $schema: _schema, $id: _id, id: _name, ...rest } = schema as Json
      return [id, rest]
    }),
  )
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _schema, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  return rest
}
