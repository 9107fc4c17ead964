/**
 * The remedy for each code; the error's message says what happened, where and why. docs/operations.md has
 * more detail.
 */
import { SOURCE_ENDPOINT } from '../../config.ts'
import type { ErrorCode } from '../../errors.ts'
import type { FaultCode } from '../verify/fault.ts'

/** Codes that stand for a failure in answers and documents, but are never thrown. */
export type OtherCode =
  | 'NOT_DONE'
  | 'SHRUNK'
  | 'UNEXPECTED'
  | 'UNAVAILABLE'
  | 'INTERNAL'
  | 'METHOD_NOT_ALLOWED'

const REPAIR = 'run `billing-archive repair`, which restores it from a version or a copy'
const ASK_SOURCE =
  'nothing was stored of it, and it is asked for again; if it stays, ask the source'

export const ADVICE: Readonly<Record<ErrorCode | FaultCode | OtherCode, string>> = {
  BAD_SETTINGS: 'set what is named; docs/settings.md lists every setting',
  BAD_REQUEST: 'ask for what the message expects; --help, or /archive/docs, has examples',
  UNAUTHORIZED: 'send a key that `billing-archive keys create` made, or a token of the tenant',
  FORBIDDEN: 'ask an operator for a key that opens this: `billing-archive keys create`',
  NOT_FOUND: '`billing-archive list`, or /archive/enrollments, shows what there is',
  NOT_ACCEPTABLE: 'accept JSON, NDJSON or CSV',
  RANGE_NOT_SATISFIABLE: 'ask for bytes that are there; Content-Range says how many',
  NOT_READY: 'come again when Retry-After says',
  TOO_MANY_REQUESTS: 'come again when Retry-After says; COMPOSED_PER_HOUR is the limit',
  TENANT_UNAVAILABLE:
    'check ENTRA_TENANT_ID and ENTRA_AUTHORITY, and that the app may reach them; keys of the archive work meanwhile',
  SOURCE_BAD_REQUEST: `check ${SOURCE_ENDPOINT} and ENROLLMENTS`,
  SOURCE_UNAUTHORIZED: 'put a valid key into the vault; no restart is needed',
  SOURCE_FORBIDDEN: 'turn on "view charges" for the enrollment in the EA portal',
  SOURCE_NOT_FOUND: `check ${SOURCE_ENDPOINT} and ENROLLMENTS; an old period may be gone at the source`,
  SOURCE_UNAVAILABLE:
    'wait: the next sweep or timer tries again; RETRY_BUDGET_SECONDS is how long a try lasts',
  SOURCE_UNEXPECTED_STATUS: ASK_SOURCE,
  SOURCE_FOREIGN_LINK: `ask the source why it sends clients to another host before you change ${SOURCE_ENDPOINT}`,
  SOURCE_CHANGED: 'wait: it changed while it was read, and the next sweep or timer tries again',
  SOURCE_INTERRUPTED: ASK_SOURCE,
  SOURCE_ENDLESS: 'ask the source: no bill has so many pages (docs/reliability.md has the limits)',
  SOURCE_BAD_VALUE: ASK_SOURCE,
  SOURCE_ERROR: ASK_SOURCE,
  ROWS_INVALID_JSON: ASK_SOURCE,
  ROWS_INVALID_UTF8: ASK_SOURCE,
  ROWS_CUT: ASK_SOURCE,
  ROWS_UNEXPECTED_SHAPE: ASK_SOURCE,
  ROWS_TOO_LARGE: 'ask the source: no bill has such rows (docs/reliability.md has the limits)',
  ROWS_NOT_A_ROW: ASK_SOURCE,
  ROWS_HIDDEN: 'ask the source what it means: rows would be missing if it were ignored',
  SECRET_NOT_FOUND:
    "put the key into the vault under that name, or set EA_KEY_SECRET_NAMES to the vault's names",
  SECRET_UNAVAILABLE:
    'check the vault, its firewall, and the role Key Vault Secrets User; `billing-archive doctor` tells which',
  ALREADY_EXISTS: 'nothing was overwritten: give another name, or end what is there first',
  CONDITION_NOT_MET: 'somebody else changed it at the same moment: try again',
  BLOB_NOT_FOUND:
    '`billing-archive verify` tells what is missing, and `repair` restores it from a version or a copy',
  STORAGE_UNAVAILABLE:
    "`billing-archive doctor` tells what it is: the account's name, the login, a role, the firewall",
  FORMAT_UNSUPPORTED: 'a newer program wrote it: use that one',
  FORMAT_INVALID:
    '`billing-archive verify` tells what else is wrong; a plan that is unreadable is made again by `rebuild-state` once it is deleted',
  DIGEST_MISMATCH: `\`billing-archive verify\` tells what is damaged; then ${REPAIR}`,
  FILE_DAMAGED: REPAIR,
  SNAPSHOT_CONFLICT:
    'somebody else writes to this archive: look for a second app on the same storage',
  CATALOGUE_TOO_OLD:
    'a newer program wrote it: go on with that one, or wait until its plan is over',
  ATTEMPTS_EXHAUSTED:
    'look at the exceptions of `archive-parts`, or of the downloads; the next timer tries again',
  COMPOSITION_FAILED:
    'ask again to start it anew; the line `download.failed` in the log has the reason',
  ARCHIVE_UNAVAILABLE: 'check the address, and that the app is running',
  INVOCATION_ENDED: 'wait: it is tried again; if it stays, is storage slow?',
  NOT_DONE:
    'look at the exceptions of `archive-parts`: no worker finished the part; the next timer tries again',
  SHRUNK: 'ask the source, unless a refund is known: the snapshots before are all there',
  UNEXPECTED: 'this is a fault of the program: please report it',
  UNAVAILABLE: 'come again when Retry-After says; an operator finds the request by its id',
  INTERNAL: 'tell an operator the id of the request',
  METHOD_NOT_ALLOWED: 'use a method that Allow names',
  MANIFEST_UNREADABLE:
    "restore the blob's older version in storage; snapshots beside it stand for themselves",
  MANIFEST_ALTERED:
    "restore the blob's older version in storage; a ledger's hash tells which is the true one",
  MANIFEST_INCONSISTENT:
    'find out who writes to the archive; trust the snapshots that are named as whole',
  SNAPSHOT_MISSING:
    'restore the blob in storage (versions, soft delete); snapshots beside it stand for themselves',
  CHAIN_BROKEN: 'find out who writes to the archive; trust the snapshots that are named as whole',
  FILE_MISSING: REPAIR,
  FILE_ALTERED: REPAIR,
  FILE_INCONSISTENT:
    'trust the JSON, of which the message says whether it is sound; report it, as the digests fit',
  FIELDS_DIFFER: 'trust the JSON, which is what the source sent; report it, as the digests fit',
  FOREIGN_FILE: 'find out who writes to the archive: this program has no such file',
  LEDGER_UNREADABLE: "restore the blob's older version in storage",
  LEDGER_ALTERED:
    "restore the blob's older version in storage; the hash that was kept elsewhere tells which is true",
  LEDGER_MISSING: 'restore the blob in storage (versions, soft delete)',
  ANCHOR_NOT_FOUND: 'check the hash; if it is right, a ledger was removed or altered since',
  VIEW_DIFFERS: 'run `billing-archive rebuild-view`: the snapshots are not touched by this',
  VIEW_BEHIND: 'is the sweep running? `billing-archive rebuild-view` brings it on',
}

/** The remedy for a code; null if the code is not one of this program's. */
export function adviceOn(code: string): string | null {
  return Object.hasOwn(ADVICE, code) ? ADVICE[code as keyof typeof ADVICE] : null
}
