/**
 * The remedy for each code; the error's message says what happened, where and why. docs/operations.md has
 * more detail.
 */
import { SOURCE_ENDPOINT } from '../../config.ts'
import type { ErrorCode } from '../../errors.ts'
import type { FaultCode } from '../verify/fault.ts'

/** Codes of failures in answers and documents that are never thrown. */
export type OtherCode =
  | 'NOT_DONE'
  | 'SHRUNK'
  | 'UNEXPECTED'
  | 'UNAVAILABLE'
  | 'INTERNAL'
  | 'METHOD_NOT_ALLOWED'

const REPAIR =
  'run `billing-archive repair`, which restores the file from an older version or a copy'
const ASK_SOURCE =
  'nothing of the answer was stored, and the request is repeated; if this persists, report it to the source'

export const ADVICE: Readonly<Record<ErrorCode | FaultCode | OtherCode, string>> = {
  BAD_SETTINGS: 'correct the settings named; docs/settings.md lists every setting',
  BAD_REQUEST: 'correct the request as the message says; --help and /archive/docs have examples',
  UNAUTHORIZED: 'send a key created with `billing-archive keys create`, or a token of the tenant',
  FORBIDDEN: 'ask an operator for a key that permits this (`billing-archive keys create`)',
  NOT_FOUND: '`billing-archive list` and /archive/enrollments show what is archived',
  NOT_ACCEPTABLE: 'accept JSON, NDJSON or CSV',
  RANGE_NOT_SATISFIABLE: 'request a range within the file; Content-Range has its size',
  NOT_READY: 'try again after the time in Retry-After',
  TOO_MANY_REQUESTS:
    'try again after the time in Retry-After; COMPOSED_PER_HOUR and REFRESH_SECONDS are the limits',
  TENANT_UNAVAILABLE:
    'check ENTRA_TENANT_ID and ENTRA_AUTHORITY, and that the app can reach it; keys of the archive keep working',
  SOURCE_BAD_REQUEST: `check ${SOURCE_ENDPOINT} and ENROLLMENTS`,
  SOURCE_UNAUTHORIZED: 'store a valid key in the vault; no restart is needed',
  SOURCE_FORBIDDEN: 'turn on "view charges" for the enrollment in the EA portal',
  SOURCE_NOT_FOUND: `check ${SOURCE_ENDPOINT} and ENROLLMENTS; the source may have dropped an old period`,
  SOURCE_UNAVAILABLE:
    'wait: the next sweep or timer tries again; RETRY_BUDGET_SECONDS limits one try',
  SOURCE_UNEXPECTED_STATUS: ASK_SOURCE,
  SOURCE_FOREIGN_LINK: `find out why the source links to another host before you change ${SOURCE_ENDPOINT}`,
  SOURCE_CHANGED:
    'wait: the data changed while it was read, and the next sweep or timer tries again',
  SOURCE_INTERRUPTED: ASK_SOURCE,
  SOURCE_ENDLESS:
    'report it to the source: no bill has so many pages (limits: docs/reliability.md)',
  SOURCE_BAD_VALUE: ASK_SOURCE,
  SOURCE_ERROR: ASK_SOURCE,
  ROWS_INVALID_JSON: ASK_SOURCE,
  ROWS_INVALID_UTF8: ASK_SOURCE,
  ROWS_CUT: ASK_SOURCE,
  ROWS_UNEXPECTED_SHAPE: ASK_SOURCE,
  ROWS_TOO_LARGE: 'report it to the source: no bill has such rows (limits: docs/reliability.md)',
  ROWS_NOT_A_ROW: ASK_SOURCE,
  ROWS_HIDDEN: 'ask the source what the field means: ignoring it could lose rows',
  SECRET_NOT_FOUND:
    "store the key in the vault under that name, or set EA_KEY_SECRET_NAMES to the vault's names",
  SECRET_UNAVAILABLE:
    'check the vault, its firewall, and the role Key Vault Secrets User; `billing-archive doctor` finds the cause',
  ALREADY_EXISTS: 'nothing was overwritten: choose another name, or revoke the existing key first',
  CONDITION_NOT_MET: 'another process changed it at the same time: try again',
  BLOB_NOT_FOUND:
    '`billing-archive verify` lists what is missing, and `repair` restores it from an older version or a copy',
  STORAGE_UNAVAILABLE:
    "`billing-archive doctor` finds the cause: the account's name, the login, a role, the firewall",
  FORMAT_UNSUPPORTED: 'a newer program wrote it: use that program',
  FORMAT_INVALID:
    '`billing-archive verify` lists what else is wrong; delete an unreadable plan, and `rebuild-state` rebuilds it',
  DIGEST_MISMATCH: `\`billing-archive verify\` lists what is damaged; then ${REPAIR}`,
  FILE_DAMAGED: REPAIR,
  SNAPSHOT_CONFLICT:
    'something else writes to this archive: look for a second app on the same storage',
  CATALOGUE_TOO_OLD: 'a newer program wrote it: use that program, or wait until its plan is closed',
  ATTEMPTS_EXHAUSTED:
    'check the exceptions of `archive-parts`, or of `archive-downloads`; the next timer tries again',
  COMPOSITION_FAILED:
    'make the request again in a minute; the log line `download.failed` has the reason',
  ARCHIVE_UNAVAILABLE:
    'check the address, and that the app is running; with a request id, its log has the reason',
  INVOCATION_ENDED: 'wait: it is tried again; if this persists, check whether storage is slow',
  NOT_DONE:
    'check the exceptions of `archive-parts`: no worker finished the part; the next timer tries again',
  SHRUNK: 'ask the source, unless there was a refund; earlier snapshots are not affected',
  UNEXPECTED: 'this is a bug: please report it',
  UNAVAILABLE:
    'try again after the time in Retry-After; operators find the request in the log by its id',
  INTERNAL: 'give an operator the id of the request',
  METHOD_NOT_ALLOWED: 'use a method listed in the Allow header',
  MANIFEST_UNREADABLE:
    "restore the blob's older version in storage; other snapshots are not affected",
  MANIFEST_ALTERED:
    "restore the blob's older version in storage; a ledger has the hash of the right one",
  MANIFEST_INCONSISTENT:
    'find out who writes to the archive; the snapshots listed as intact can be trusted',
  SNAPSHOT_MISSING:
    'restore the blob in storage (versions, soft delete); other snapshots are not affected',
  CHAIN_BROKEN: 'find out who writes to the archive; the snapshots listed as intact can be trusted',
  FILE_MISSING: REPAIR,
  FILE_ALTERED: REPAIR,
  FILE_INCONSISTENT:
    'rely on the JSON if the message says that it is intact; please report this as a bug, because the digests match',
  FIELDS_DIFFER:
    'rely on the JSON, which is what the source sent; please report this as a bug, because the digests match',
  FOREIGN_FILE: 'find out who writes to the archive: this program did not write the file',
  LEDGER_UNREADABLE: "restore the blob's older version in storage",
  LEDGER_ALTERED:
    "restore the blob's older version in storage; the hash kept elsewhere identifies the right one",
  LEDGER_MISSING: 'restore the blob in storage (versions, soft delete)',
  ANCHOR_NOT_FOUND: 'check the hash; if it is right, a ledger has been removed or altered',
  VIEW_DIFFERS: 'run `billing-archive rebuild-view`; snapshots are not affected',
  VIEW_BEHIND: 'check that the sweep runs; `billing-archive rebuild-view` updates the view',
}

/** The remedy for a code; null if the code is not one of this program's. */
export function adviceOn(code: string): string | null {
  return Object.hasOwn(ADVICE, code) ? ADVICE[code as keyof typeof ADVICE] : null
}
