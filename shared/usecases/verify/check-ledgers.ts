/** Checks the chain of ledgers, and the state of the archive that each records. */
import { describeError } from '../../errors.ts'
import {
  LEDGER_FOLDER,
  ledgerName,
  ledgerNumber,
  manifestName,
  seriesOf,
} from '../../format/layout.ts'
import { type Ledger, parseLedger } from '../../format/ledger.ts'
import { sha256 } from '../../rows/blocks/digest.ts'
import type { BlobReader, ListedBlob } from '../../storage/ports.ts'
import { type Fault, fault } from './fault.ts'
import { ledgerContradictions, type MadeSnapshots } from './ledger-rules.ts'

/** The result of checking the ledgers. */
export interface LedgerCheck {
  readonly faults: readonly Fault[]
  readonly ledgers: number
  /** Number of the oldest ledger checked. */
  readonly oldest: number
  /** The newest ledger: its digest is the hash to be kept elsewhere. */
  readonly newest: {
    readonly number: number
    readonly takenAt: string
    readonly sha256: string
  } | null
  /** The ledger with the requested digest; null if none was requested or found. */
  readonly anchored: { readonly number: number; readonly takenAt: string } | null
}

/**
 * Checks every ledger: its digest against the next one, and each manifest that it names by its bytes. With
 * `anchor`, a digest kept elsewhere, everything up to that ledger is proven: nothing that existed that day
 * has been removed or replaced. `most`: check only this many, from the newest on. `made`: the existing
 * manifests, to detect a ledger that omits one.
 */
export async function checkLedgers(
  snapshots: BlobReader,
  anchor: string | null,
  most = Number.POSITIVE_INFINITY,
  made: MadeSnapshots = new Map(),
): Promise<LedgerCheck> {
  const faults: Fault[] = []
  const digests = new Map<string, string | null>()
  const listed = await listLedgers(snapshots)
  const last = Math.max(0, ...listed.keys())
  let behind: Ledger | null = null
  let newest: LedgerCheck['newest'] = null
  let anchored: LedgerCheck['anchored'] = null
  /** This ledger's digest according to the following one. */
  let expected: string | null = null

  const digestOf = async (name: string): Promise<string | null> => {
    const known = digests.get(name)
    if (known !== undefined) return known
    const { bytes } = await snapshots.read(name)
    const digest = bytes === null ? null : sha256(bytes)
    digests.set(name, digest)
    return digest
  }

  for (let number = last; number >= 1 && number > last - most; number--) {
    const name = ledgerName(number)
    const { bytes } = await snapshots.read(name)
    if (bytes === null) {
      faults.push(fault('LEDGER_MISSING', name, 'it is missing'))
      expected = behind = null
      continue
    }
    const digest = sha256(bytes)
    if (expected !== null && digest !== expected) {
      faults.push(
        fault('LEDGER_ALTERED', name, `the next ledger says that its SHA-256 was ${expected}`),
      )
    }
    expected = null
    let ledger: Ledger
    try {
      ledger = parseLedger(bytes, name)
    } catch (error) {
      behind = null
      faults.push(fault('LEDGER_UNREADABLE', name, describeError(error).message))
      continue
    }
    expected = ledger.previous?.sha256 ?? null
    const { takenAt, entries } = ledger
    const blob = listed.get(number)
    const written = blob?.metadata['sha256'] ?? digest
    const wrong = [
      ...(written === digest ? [] : [`its SHA-256 is ${digest}, but its metadata says ${written}`]),
      ...ledgerContradictions({ ledger, bytes, number, behind, made, createdAt: blob?.createdAt }),
    ]
    faults.push(...wrong.map((why) => fault('LEDGER_ALTERED', name, why)))
    behind = ledger
    newest ??= { number, takenAt, sha256: digest }
    if (digest === anchor) anchored = { number, takenAt }
    for (const entry of entries) {
      const series = seriesOf(entry.series)
      if (series === null) {
        faults.push(
          fault('LEDGER_ALTERED', name, `it names ${entry.series}, which is not a series`),
        )
        continue
      }
      const manifest = manifestName(series, entry.number)
      const found = await digestOf(manifest)
      if (found === entry.sha256) continue
      const why = `ledger ${number} of ${takenAt.slice(0, 10)} says that its SHA-256 was ${entry.sha256}`
      faults.push(fault(found === null ? 'SNAPSHOT_MISSING' : 'MANIFEST_ALTERED', manifest, why))
    }
  }
  if (anchor !== null && anchored === null) {
    const why = `no ledger has the SHA-256 ${anchor}: it has been removed or altered, or the hash is mistyped`
    faults.push(fault('ANCHOR_NOT_FOUND', 'ledger/', why))
  }
  return {
    faults: oncePerBlob(faults),
    ledgers: listed.size,
    oldest: Math.max(1, last - most + 1),
    newest,
    anchored,
  }
}

async function listLedgers(snapshots: BlobReader): Promise<Map<number, ListedBlob>> {
  const found = new Map<number, ListedBlob>()
  for await (const blob of snapshots.list(LEDGER_FOLDER)) {
    const number = ledgerNumber(blob.name)
    if (number !== null) found.set(number, blob)
  }
  return found
}

/** Thirty ledgers that miss the same manifest are one fault: that of the oldest, which comes last. */
function oncePerBlob(faults: readonly Fault[]): Fault[] {
  return [...new Map(faults.map((each) => [`${each.code} ${each.blob}`, each])).values()]
}
