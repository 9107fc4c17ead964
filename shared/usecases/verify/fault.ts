/** The kinds of faults in a stored archive. */
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

/** One fault, and what can be trusted in spite of it. */
export interface Fault {
  readonly code: FaultCode
  /** The affected blob. */
  readonly blob: string
  readonly message: string
  /** What is still intact, in words; null if unknown. */
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
