/** A kind of request, and what its maker knows. */
import type { Random } from '../../local/simulator/random.ts'
import type { RawRequest } from './raw-request.ts'

/** What an attacker knows. */
export interface Known {
  readonly host: string
  /** A valid key for enrollment 100. */
  readonly key: string
  /** A valid token for enrollment 100. */
  readonly token: string
  /** A valid skiptoken. */
  readonly skiptoken: string
}

/** Makes a request of one kind. */
export type Make = (random: Random, known: Known) => Partial<RawRequest>

/** A kind of request: its name, and its maker. */
export type RequestKind = readonly [name: string, make: Make]
