import type { Config } from '../shared/config.ts'
import { ArchiveError } from '../shared/errors.ts'

/** Throws `BAD_REQUEST` for an enrollment that is not archived: the flag or the setting is mistyped. */
export function checkEnrollment({ ENROLLMENTS }: Config, named: string | undefined): void {
  if (named === undefined || ENROLLMENTS.includes(named)) return
  throw new ArchiveError(
    'BAD_REQUEST',
    `enrollment ${named} is not archived here: the setting ENROLLMENTS is ${ENROLLMENTS.join(', ')}`,
  )
}
