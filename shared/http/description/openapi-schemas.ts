/**
 * JSON Schemas for the description: the schemas that validate requests, in forms that client generators
 * support.
 */
import { z } from 'zod'
import { named } from '../archive/schemas.ts'
import { asObject, type Json } from './json.ts'

const COMPONENTS = '#/components/schemas/'

/** A reference to a schema by its name. */
export function refTo(name: string): Json {
  return { $ref: `${COMPONENTS}${name}` }
}

/** Every schema that has a name, by it. */
export function componentSchemas(): Json {
  return convert(named, 'output')
}

/** A parameter's schema, as it appears in a URL. */
export interface ParameterSchema {
  readonly name: string
  readonly required: boolean
  readonly description?: string
  readonly schema: Json
}

/** The parameters of `schema`; named schemas become references. */
export function parameterSchemas(schema: z.ZodObject): ParameterSchema[] {
  const converted = convert(new Map([...named, ['asked', schema]]), 'input')
  const properties = asObject(asObject(converted['asked'])['properties'])
  return Object.entries(schema.shape).map(([name, field]) => {
    const type = field as z.ZodType
    const { description = type.meta()?.description, ...shape } = asObject(properties[name])
    return {
      name,
      required: !type.safeParse(undefined).success,
      ...(typeof description === 'string' ? { description } : {}),
      schema: shape,
    }
  })
}

function convert(schemas: ReadonlyMap<string, z.ZodType>, io: 'input' | 'output'): Json {
  const registry = z.registry<{ id: string }>()
  for (const [id, schema] of schemas) registry.add(schema, { id })
  const { schemas: made } = z.toJSONSchema(registry, {
    io,
    unrepresentable: 'any',
    uri: (id) => `${COMPONENTS}${id}`,
  })
  return Object.fromEntries(
    Object.entries(made).map(([id, schema]) => {
      const { $schema: _schema, $id: _id, id: _name, ...rest } = schema as Json
      return [id, forGenerators(rest)]
    }),
  )
}

/** The schema without forms from which generators make unusable classes, or none. */
function forGenerators(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(forGenerators)
  if (typeof value !== 'object' || value === null) return value
  const schema = Object.fromEntries(
    Object.entries(value)
      // A schema's own id is its name, whereas a member called `id` is a schema.
      .filter(([key, item]) => key !== 'id' || typeof item !== 'string')
      .map(([key, item]) => [key, forGenerators(item)]),
  )
  const { anyOf, ...rest } = schema
  if (Array.isArray(anyOf)) return { ...rest, ...oneForm(anyOf.map(asObject)) }
  if (schema['type'] === 'integer') return sized(schema)
  // The format already says it, and its pattern has a hundred characters.
  if (typeof schema['format'] === 'string') {
    const { pattern: _pattern, ...formatted } = schema
    return formatted
  }
  if (schema['type'] !== 'object' || schema['propertyNames'] === undefined) return schema
  const { propertyNames: _names, ...map } = schema
  return map
}

/** A union as one type: null becomes a type option, and a word and a pattern are both strings. */
function oneForm(choice: readonly Json[]): Json {
  const others = choice.filter(({ type }) => type !== 'null')
  const isNullable = others.length < choice.length
  const [only] = others
  if (others.length > 1 && others.every(({ type }) => type === 'string')) {
    return { type: isNullable ? ['string', 'null'] : 'string' }
  }
  if (only === undefined || others.length > 1 || !isNullable) return { anyOf: choice }
  if (typeof only['type'] === 'string') return { ...only, type: [only['type'], 'null'] }
  return { oneOf: [{ type: 'null' }, only] }
}

/**
 * The largest integer that every JSON client can read: a bound of all our numbers, and no useful information.
 */
const BOUND = Number.MAX_SAFE_INTEGER
const MAX_INT32 = 2 ** 31 - 1

/** An integer with its size, which a generator would otherwise assume to be 32 bits. */
function sized({ minimum, maximum, exclusiveMinimum, ...rest }: Json): Json {
  const isSmall = typeof maximum === 'number' && maximum <= MAX_INT32
  return {
    ...rest,
    ...(minimum === -BOUND || minimum === undefined ? {} : { minimum }),
    ...(exclusiveMinimum === 0 ? { minimum: 1 } : {}),
    ...(maximum === BOUND || maximum === undefined ? {} : { maximum }),
    format: isSmall ? 'int32' : 'int64',
  }
}
