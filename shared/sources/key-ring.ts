/** The source's keys for an enrollment. */
export interface KeyRing {
  /** Primary first; cached. Rejects with `SECRET_…` codes. */
  keys(enrollment: string): Promise<readonly string[]>
  /** The same, read again after a key was rejected. */
  reread(enrollment: string): Promise<readonly string[]>
}
