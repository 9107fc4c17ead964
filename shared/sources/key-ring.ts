/** The keys that a source may present for an enrollment. */
export interface KeyRing {
  /** Primary first. From memory when they were read before. Rejects with `SECRET_…` codes. */
  keys(enrollment: string): Promise<readonly string[]>
  /** The same, read anew: after a key was refused. */
  reread(enrollment: string): Promise<readonly string[]>
}
