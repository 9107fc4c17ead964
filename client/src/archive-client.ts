import { type FileOperations, type Operations, operations } from './operations.ts'
import { at, type Connection, linked, send, sendAndWait } from './send.ts'

export type OperationName = keyof Operations
export type Params<Name extends OperationName> = Operations[Name]['params']
export type Answer<Name extends OperationName> = Operations[Name]['answer']

/** Operations with pages. */
export type PagedOperationName = {
  [Name in OperationName]: Answer<Name> extends
    | { next: string | null }
    | { nextLink: string | null }
    ? Name
    : never
}[OperationName]

/** The items of an operation's pages: rows or snapshots. */
export type Item<Name extends PagedOperationName> =
  Answer<Name> extends { rows: (infer Each)[] }
    ? Each
    : Answer<Name> extends { data: (infer Each)[] }
      ? Each
      : Answer<Name> extends { snapshots: (infer Each)[] }
        ? Each
        : never

type Parameter = string | number | readonly string[] | undefined

/** The fields in which a page may have its items. */
interface Items<Each> {
  readonly rows?: readonly Each[]
  readonly data?: readonly Each[]
  readonly snapshots?: readonly Each[]
}

export interface ClientOptions {
  /** URL of the archive, e.g. `https://billing.example.com`. */
  readonly url: string | URL
  /**
   * A key of the archive, or a function that returns a Microsoft Entra ID token, called before every request.
   */
  readonly credential: string | (() => Promise<string>)
  /** Replaces the global `fetch`. */
  readonly fetch?: typeof fetch
  /** Maximum number of attempts for a request that fails temporarily; 4 if absent. */
  readonly attempts?: number
}

export interface CallOptions {
  readonly signal?: AbortSignal
}

/**
 * A client of Billing Archive. Numbers in rows are strings of their digits, because JavaScript would round
 * them. Every method rejects with {@link ArchiveApiError} if the archive rejects the request, and with the
 * error of `fetch` if the network keeps failing.
 */
export class ArchiveClient {
  readonly #connection: Connection

  constructor({ url, credential, fetch = globalThis.fetch, attempts = 4 }: ClientOptions) {
    const authorization =
      typeof credential === 'string'
        ? () => Promise.resolve(`bearer ${credential}`)
        : async () => `Bearer ${await credential()}`
    this.#connection = { url: new URL(url), authorization, fetch, attempts }
  }

  /** Calls an operation; waits if a worker has to compose the answer. */
  async call<Name extends OperationName>(
    name: Name,
    params: Params<Name>,
    { signal }: CallOptions = {},
  ): Promise<Answer<Name>> {
    const { method, waits } = operations[name]
    const url = this.#url(name, params)
    const response = waits
      ? await sendAndWait(this.#connection, url, signal)
      : await send(this.#connection, method, url, signal)
    return (await response.json()) as Answer<Name>
  }

  /** Requests a file. The caller must read its body to the end, or cancel it. */
  async file<Name extends keyof FileOperations>(
    name: Name,
    params: FileOperations[Name],
    { signal }: CallOptions = {},
  ): Promise<Response> {
    return sendAndWait(this.#connection, this.#url(name, params), signal)
  }

  /**
   * Every page, starting with the requested one. Pages of rows come from one snapshot, even if a newer one is
   * taken meanwhile.
   */
  async *pages<Name extends PagedOperationName>(
    name: Name,
    params: Params<Name>,
    { signal }: CallOptions = {},
  ): AsyncGenerator<Answer<Name>, void, undefined> {
    for (let url: URL | null = this.#url(name, params); url !== null; ) {
      const response: Response = await send(this.#connection, 'GET', url, signal)
      const page = (await response.json()) as Answer<Name>
      yield page
      const { next, nextLink } = page as { next?: string | null; nextLink?: string | null }
      const link: string | null = next ?? nextLink ?? null
      url = link === null ? null : linked(this.#connection, link)
    }
  }

  /** Every row (or snapshot) of every page. */
  async *items<Name extends PagedOperationName>(
    name: Name,
    params: Params<Name>,
    options: CallOptions = {},
  ): AsyncGenerator<Item<Name>, void, undefined> {
    for await (const page of this.pages(name, params, options)) {
      const { rows, data, snapshots } = page as unknown as Items<Item<Name>>
      yield* rows ?? data ?? snapshots ?? []
    }
  }

  #url(name: keyof typeof operations, params: object): URL {
    const { path: template, decimals } = operations[name]
    const given = Object.entries(params as Readonly<Record<string, Parameter>>)
    const left = new Map(given.filter(([, value]) => value !== undefined))
    const path = template.replace(/\{(\w+)\}/g, (_all, key: string) => {
      const value = left.get(key)
      if (value === undefined) throw new TypeError(`${name} needs ${key}`)
      left.delete(key)
      return encodeURIComponent(String(value))
    })
    const query = new URLSearchParams()
    if (decimals) query.set('decimals', 'text')
    for (const [key, value] of left) {
      for (const each of Array.isArray(value) ? value : [value]) query.append(key, String(each))
    }
    return at(this.#connection.url, path, query.toString())
  }
}
