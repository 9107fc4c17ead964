import { ArchiveError } from '../errors.ts'

/** What a caller may do, named like the app roles of Entra ID. */
export const ROLES = ['Archive.Read', 'Archive.Refresh'] as const
export type Role = (typeof ROLES)[number]

/** A caller and its permissions. */
export interface Caller {
  /** Unique to this caller, whatever its name; never the credential itself. */
  readonly id: string
  /** The name of the key, or of the token's principal. */
  readonly name: string
  readonly enrollments: readonly string[]
  readonly roles: readonly Role[]
}

/** Throws `FORBIDDEN` unless the caller has the role. */
export function checkRole(caller: Caller, role: Role): void {
  if (caller.roles.includes(role)) return
  throw new ArchiveError(
    'FORBIDDEN',
    `this needs the role ${role}, which ${caller.name} does not have`,
  )
}

/** Throws `FORBIDDEN` unless the enrollment is open to the caller. */
export function checkEnrollment(caller: Caller, enrollment: string): void {
  if (caller.enrollments.includes(enrollment)) return
  throw new ArchiveError('FORBIDDEN', `enrollment ${enrollment} is not open to ${caller.name}`)
}
