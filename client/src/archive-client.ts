import { type FileOperations, type Operations, operations } from './operations.ts'
import { at, type Connection, linked, send, sendAndWait } from './send.ts'

export type OperationName = keyof Operations
export type Params<Name extends OperationName> = Operations[Name]['params']
export type Answer<Name extends OperationName> = Operations[Name]['answer']

/** Operations that answer page by page. */
export type PagedOperationName = {
  [Name in OperationName]: Answer<Name> extends
    | { next: string | null }
    | { nextLink: string | null }
    ? Name
    : never
}[OperationName]

/** What the pages of an operation hold: rows, or snapshots. */
export type Item<Name extends PagedOperationName> =
  Answer<Name> extends { rows: (infer Each)[] }
    ? Each
    : Answer<Name> extends { data: (infer Each)[] }
      ? Each
      : Answer<Name> extends { snapshots: (infer Each)[] }
        ? Each
        : never

type Parameter = string | number | readonly string[] | undefined

/** Where a page may have what it holds. */
interface Items<Each> {
  readonly rows?: readonly Each[]
  readonly data?: readonly Each[]
  readonly snapshots?: readonly Each[]
}

export interface ClientOptions {
  /** Where the archive is, e.g. `https://billing.example.com`. */
  readonly url: string | URL
  /** A key of the archive, or what gives a token of Microsoft Entra ID whenever one is needed. */
  readonly credential: string | (() => Promise<string>)
  /** Instead of the global one. */
  readonly fetch?: typeof fetch
  /** How often a request is made at most while it fails for a reason that passes; 4 if absent. */
  readonly attempts?: number
}

export interface CallOptions {
  readonly signal?: AbortSignal
}

/**
 * A client of Billing Archive. Numbers of rows come as strings of their digits: JavaScript would round them. Every
 * method rejects with {@link ArchiveApiError} for what the archive refuses, and with what `fetch` throws if the network
 * fails again and again.
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

  /** Asks once, and waits while a worker composes the answer. */
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

  /** A file as it comes: the caller reads its body to the end, or cancels it. */
  async file<Name extends keyof FileOperations>(
    name: Name,
    params: FileOperations[Name],
    { signal }: CallOptions = {},
  ): Promise<Response> {
    return sendAndWait(this.#connection, this.#url(name, params), signal)
  }

  /**
   * Every page, from the one that is asked for on. Pages of rows are of one snapshot, also if a newer one is taken
   * meanwhile.
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

  /** Every row, or snapshot, of every page. */
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
