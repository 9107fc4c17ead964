/** What can be wrong with a stored archive. */
export type FaultCode =
  | 'MANIFEST_UNREADABLE'
  | 'MANIFEST_ALTERED'
  | 'MANIFEST_INCONSISTENT'
  | 'SNAPSHOT_MISSING'
  | 'CHAIN_BROKEN'
  | 'FILE_MISSING'
  | 'FILE_ALTERED'
  | 'FILE_INCONSISTENT'
  | 'FIELDS_DIFFER'
  | 'FOREIGN_FILE'
  | 'LEDGER_UNREADABLE'
  | 'LEDGER_ALTERED'
  | 'LEDGER_MISSING'
  | 'ANCHOR_NOT_FOUND'
  | 'VIEW_DIFFERS'
  | 'VIEW_BEHIND'

/** One thing that is wrong, and what can be trusted all the same. */
export interface Fault {
  readonly code: FaultCode
  /** The blob that it is about. */
  readonly blob: string
  readonly message: string
  /** What is still good, in words; null if nothing more is known. */
  readonly safe: string | null
}

export function fault(
  code: FaultCode,
  blob: string,
  message: string,
  safe: string | null = null,
): Fault {
  return { code, blob, message, safe }
}
