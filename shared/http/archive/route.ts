/** A route of the archive's own API as a value: its parameters, required role, and answers. */
import type { z } from 'zod'
import type { Caller, Role } from '../../access/caller.ts'
import type { ApiRequest, ApiResponse } from '../api-message.ts'
import type { HttpDeps } from '../http-deps.ts'
import type { HeaderName } from './headers.ts'

/** A request with validated parameters. */
export interface Ask<P, Q> {
  readonly params: P
  readonly query: Q
  /** Null on public routes, if no credential was sent. */
  readonly caller: Caller | null
  readonly request: ApiRequest
}

/** The content of an answer per media type: the schema of JSON, null for bytes. */
export interface ResponseDescription {
  readonly description: string
  readonly content?: Readonly<Record<string, z.ZodType | null>>
  /** Another form of its JSON, and the parameter that selects it. */
  readonly other?: { readonly with: string; readonly schema: z.ZodType }
  readonly headers?: readonly HeaderName[]
}

/** Headings of the description, in reading order. */
export const SUBJECTS = [
  'Contents',
  'Rows',
  'Totals and differences',
  'History',
  'Refreshes',
  'Downloads',
  'State',
] as const
export type Subject = (typeof SUBJECTS)[number]

export interface RouteDefinition<P extends z.ZodObject, Q extends z.ZodObject> {
  /** The operation's id, from which client generators derive a name. */
  readonly id: string
  /** The heading under which it is described. */
  readonly subject: Subject
  readonly method: 'GET' | 'POST'
  /** `/archive/{name}`: `{name}` matches one segment, validated by `params`. */
  readonly path: string
  readonly summary: string
  readonly params: P
  readonly query: Q
  /** Null if it is public. */
  readonly role: Role | null
  readonly responses: Readonly<Record<number, ResponseDescription>>
  readonly handle: (deps: HttpDeps, ask: Ask<z.output<P>, z.output<Q>>) => Promise<ApiResponse>
}

/** A route with any parameters. */
export interface Route extends Omit<RouteDefinition<z.ZodObject, z.ZodObject>, 'handle'> {
  readonly handle: (deps: HttpDeps, ask: Ask<unknown, unknown>) => Promise<ApiResponse>
}

/** Defines a route: `handle` receives parameters with the types of their schemas. */
export function route<P extends z.ZodObject, Q extends z.ZodObject>(
  definition: RouteDefinition<P, Q>,
): Route {
  const handle = definition.handle as Route['handle']
  return { ...definition, handle }
}

/**
 * The raw segments of `pathname` by their names in `path`, with literals in any case; null if it does not
 * match.
 */
export function matchPath(path: string, pathname: string): Record<string, string> | null {
  const [wanted, found] = [path.split('/'), pathname.replace(/\/$/, '').split('/')]
  if (wanted.length !== found.length) return null
  const params: Record<string, string> = {}
  for (const [i, segment] of wanted.entries()) {
    const given = found[i] ?? ''
    const name = /^\{(\w+)\}$/.exec(segment)?.[1]
    if (name === undefined) {
      if (segment !== given.toLowerCase()) return null
    } else params[name] = given
  }
  return params
}
