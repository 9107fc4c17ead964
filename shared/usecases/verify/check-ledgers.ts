/** The chain of ledgers, and what each says that the archive was. */
import { describeError } from '../../errors.ts'
import { sha256 } from '../../rows/digest.ts'
import { ledgerName, manifestName, seriesOf } from '../../snapshots/layout.ts'
import { type Ledger, parseLedger } from '../../snapshots/ledger.ts'
import type { BlobReader } from '../../storage/ports.ts'
import { ledgerNumbers } from '../write-ledger.ts'
import { type Fault, fault } from './fault.ts'

/** What the ledgers came to. */
export interface LedgerCheck {
  readonly faults: readonly Fault[]
  readonly ledgers: number
  /** The newest ledger: its digest is the hash to be kept elsewhere. */
  readonly newest: {
    readonly number: number
    readonly takenAt: string
    readonly sha256: string
  } | null
  /** The ledger whose digest was asked for; null if none was, or none is it. */
  readonly anchored: { readonly number: number; readonly takenAt: string } | null
}

/**
 * Checks every ledger: its digest by the next one's, and each manifest that it names by its bytes. With
 * `anchor`, a digest that somebody kept elsewhere, everything up to that ledger is proven: nothing that
 * was there that day has been removed or replaced. `most`: only so many, from the newest on.
 */
export async function checkLedgers(
  snapshots: BlobReader,
  anchor: string | null,
  most = Number.POSITIVE_INFINITY,
): Promise<LedgerCheck> {
  const faults: Fault[] = []
  const digests = new Map<string, string | null>()
  const numbers = await ledgerNumbers(snapshots)
  let newest: LedgerCheck['newest'] = null
  let anchored: LedgerCheck['anchored'] = null
  /** What the ledger behind says of this one's digest. */
  let expected: string | null = null

  const digestOf = async (name: string): Promise<string | null> => {
    const known = digests.get(name)
    if (known !== undefined) return known
    const { bytes } = await snapshots.read(name)
    const digest = bytes === null ? null : sha256(bytes)
    digests.set(name, digest)
    return digest
  }

  const last = numbers.at(-1) ?? 0
  for (let number = last; number >= 1 && number > last - most; number--) {
    const name = ledgerName(number)
    const { bytes } = await snapshots.read(name)
    if (bytes === null) {
      faults.push(fault('LEDGER_MISSING', name, 'it is not there'))
      expected = null
      continue
    }
    const digest = sha256(bytes)
    if (expected !== null && digest !== expected) {
      faults.push(fault('LEDGER_ALTERED', name, `the ledger behind it says ${expected}`))
    }
    expected = null
    let ledger: Ledger
    try {
      ledger = parseLedger(bytes, name)
    } catch (error) {
      faults.push(fault('LEDGER_UNREADABLE', name, describeError(error).message))
      continue
    }
    expected = ledger.previous?.sha256 ?? null
    const { takenAt, previous, entries } = ledger
    if (ledger.number !== number || (previous?.number ?? 0) !== number - 1) {
      faults.push(fault('LEDGER_ALTERED', name, 'its numbers are not those of its place'))
    }
    newest ??= { number, takenAt, sha256: digest }
    if (digest === anchor) anchored = { number, takenAt }
    for (const entry of entries) {
      const series = seriesOf(entry.series)
      if (series === null) {
        faults.push(fault('LEDGER_ALTERED', name, `it names ${entry.series}`))
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
    const why = `no ledger has the SHA-256 ${anchor}: it was removed or altered since, or the hash is mistyped`
    faults.push(fault('ANCHOR_NOT_FOUND', 'ledger/', why))
  }
  return { faults: oncePerBlob(faults), ledgers: numbers.length, newest, anchored }
}

/** Thirty ledgers that miss the same manifest are one fault: the oldest that names it, which comes last. */
function oncePerBlob(faults: readonly Fault[]): Fault[] {
  return [...new Map(faults.map((each) => [`${each.code} ${each.blob}`, each])).values()]
}
