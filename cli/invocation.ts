import type { Input, Output } from '../terminal/streams.ts'

/** One call of `billing-archive`: its words, and what surrounds it. */
export interface Invocation {
  /** The arguments after `billing-archive`. */
  readonly words: readonly string[]
  /** The user's current folder, against which paths are resolved. */
  readonly folder: string
  /** Environment variables. `connect` adds the settings from a file and from flags, because the Azure clients read the environment. */
  readonly env: NodeJS.ProcessEnv
  readonly stdin: Input
  readonly stdout: Output
  readonly stderr: Output
}
