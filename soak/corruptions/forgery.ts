import type { Random } from '../../local/simulator/random.ts'
import type { Stored } from './self-consistent.ts'

export interface Forger extends Stored {
  readonly random: Random
}

/** Blobs of which a fault must name one; null if the archive has nothing of that kind. */
export type Forged = readonly string[] | null

export interface Forgery {
  readonly name: string
  readonly apply: (forger: Forger) => Forged
}
