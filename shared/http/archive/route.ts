/** A route of the archive's own API as a value: what it takes, who may call it, what it gives. */
import type { z } from 'zod'
import type { Caller, Role } from '../../access/caller.ts'
import type { ApiRequest, ApiResponse } from '../api-message.ts'
import type { HeaderName } from '../description/headers.ts'
import type { HttpDeps } from '../http-deps.ts'

/** A request whose parameters are known to be what they should be. */
export interface Ask<P, Q> {
  readonly params: P
  readonly query: Q
  /** Null on routes that are open to everybody, if no credential came. */
  readonly caller: Caller | null
  readonly request: ApiRequest
}

/** What an answer holds, per media type: the schema of JSON, null for bytes. */
export interface AnswerDescription {
  readonly description: string
  readonly content?: Readonly<Record<string, z.ZodType | null>>
  /** Another form of its JSON, and the parameter that asks for it. */
  readonly other?: { readonly with: string; readonly schema: z.ZodType }
  readonly headers?: readonly HeaderName[]
}

/** Headings of the description, in the order in which a newcomer wants them. */
export const SUBJECTS = [
  'What there is',
  'Rows',
  'Sums and differences',
  'History',
  'Fetching on demand',
  'Composed answers',
  'State',
] as const
export type Subject = (typeof SUBJECTS)[number]

export interface RouteDefinition<P extends z.ZodObject, Q extends z.ZodObject> {
  /** The operation's id, from which generators of clients make a name. */
  readonly id: string
  /** Under which heading it is described. */
  readonly subject: Subject
  readonly method: 'GET' | 'POST'
  /** `/archive/{name}`: `{name}` stands for one segment, checked by `params`. */
  readonly path: string
  readonly summary: string
  readonly params: P
  readonly query: Q
  /** Null if it is open to everybody. */
  readonly role: Role | null
  readonly answers: Readonly<Record<number, AnswerDescription>>
  readonly handle: (deps: HttpDeps, ask: Ask<z.output<P>, z.output<Q>>) => Promise<ApiResponse>
}

/** A route of whatever parameters. */
export interface Route extends Omit<RouteDefinition<z.ZodObject, z.ZodObject>, 'handle'> {
  readonly handle: (deps: HttpDeps, ask: Ask<unknown, unknown>) => Promise<ApiResponse>
}

/** Makes a route: within `handle` the parameters have the types that their schemas give. */
export function route<P extends z.ZodObject, Q extends z.ZodObject>(
  definition: RouteDefinition<P, Q>,
): Route {
  const handle = definition.handle as Route['handle']
  return { ...definition, handle }
}

/** The raw segments of `pathname` by their names in `path`, literals in any case; null if it does not fit. */
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
