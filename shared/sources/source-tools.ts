import type { Config } from '../config.ts'
import type { Log } from '../log.ts'
import type { HttpClient } from './http/http-client.ts'
import type { RetryPolicy } from './http/retry-delay.ts'
import type { KeyRing } from './key-ring.ts'
import type { Source, SourceDefinition } from './source.ts'

/** What a host gives to every source; each takes what it needs. */
export interface SourceTools {
  readonly config: Config
  readonly http: HttpClient
  readonly keyRing: KeyRing
  readonly retry: RetryPolicy
  readonly log: Log
  readonly now: () => Date
  /** A monotonic clock, in milliseconds. */
  readonly elapsedMs: () => number
  readonly random: () => number
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
}

/** A source that this program knows. */
export interface KnownSource {
  readonly definition: SourceDefinition
  /** Makes it ready to be asked; asks nothing yet. */
  readonly connect: (tools: SourceTools) => Source
}
