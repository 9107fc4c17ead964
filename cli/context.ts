/** What every command needs: an archive, its settings, and a way to print to the user. */

import type { Config, DispensableSetting } from '../shared/config.ts'
import type { Deps } from '../shared/deps.ts'
import { ArchiveError } from '../shared/errors.ts'
import { listSeries } from '../shared/usecases/read/list-series.ts'
import type { Screen } from '../terminal/screen.ts'
import type { Input, Output } from '../terminal/streams.ts'

export interface Context {
  readonly deps: Deps
  readonly config: Config
  readonly screen: Screen
  /**
   * Prints progress and warnings on standard error, so that standard output has only the result. Silent with
   * `--quiet`.
   */
  readonly say: (line: string) => void
  /** Print no progress, only the result. */
  readonly isQuiet: boolean
  /** The user's current folder, against which paths are resolved. */
  readonly folder: string
  readonly stdin: Input
  /** Where questions and progress are shown. */
  readonly stderr: Output
  /** The user agreed in advance to all prompts (`--yes`). */
  readonly isSure: boolean
  /** Where the settings came from, in words. */
  readonly settings: string
  /** Settings that only some commands need and that are not set. */
  readonly unset: readonly DispensableSetting[]
}

const HOW_TO_SET: Record<DispensableSetting, string> = {
  ENROLLMENTS:
    'the setting ENROLLMENTS (an environment variable, or in the file of --settings), e.g. 100,200',
  KEY_VAULT_URI: '--vault <name> or the setting KEY_VAULT_URI',
}

/** Rejects with `BAD_SETTINGS` if a setting that the command needs is unset. */
export function need({ unset }: Context, command: string, ...names: DispensableSetting[]): void {
  const missing = names.filter((name) => unset.includes(name))
  if (missing.length === 0) return
  const how = missing.map((name) => HOW_TO_SET[name]).join(', and ')
  throw new ArchiveError('BAD_SETTINGS', `${command} fetches from the source and needs ${how}`)
}

/** The enrollments in the settings or, if there are none, all that have archived data. */
export async function enrollmentsOf({ config, deps }: Context): Promise<readonly string[]> {
  if (config.ENROLLMENTS.length > 0) return config.ENROLLMENTS
  const { snapshots, sources } = deps.archive
  const found = new Set<string>()
  for await (const { enrollment } of listSeries(snapshots, sources)) found.add(enrollment)
  return [...found].sort()
}

/** The named enrollment, or the only one there is. Rejects with `BAD_REQUEST`. */
export async function oneEnrollment(context: Context, named: string | undefined): Promise<string> {
  if (named !== undefined) return named
  const [only, ...others] = await enrollmentsOf(context)
  if (only === undefined) {
    throw new ArchiveError(
      'NOT_FOUND',
      `the archive of ${context.settings} is empty: archive something first`,
    )
  }
  if (others.length === 0) return only
  const all = [only, ...others].join(', ')
  throw new ArchiveError(
    'BAD_REQUEST',
    `there are several enrollments (${all}): name one with --enrollment`,
  )
}
