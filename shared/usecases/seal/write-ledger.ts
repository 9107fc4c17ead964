import { hasCode } from '../../errors.ts'
import { LEDGER_FOLDER, ledgerName, ledgerNumber, manifestName } from '../../format/layout.ts'
import { type Ledger, type LedgerEntry, ledgerBytes, parseLedger } from '../../format/ledger.ts'
import type { Series } from '../../format/series.ts'
import { sha256 } from '../../rows/blocks/digest.ts'
import type { BlobReader } from '../../storage/ports.ts'
import type { Archive } from '../archive.ts'
import { listEverySeries } from '../read/list-series.ts'
import { snapshotNumbers } from '../read/read-snapshots.ts'

/** A ledger with the digest of its bytes. */
export interface ReadLedger {
  readonly ledger: Ledger
  readonly sha256: string
}

/**
 * Writes the day's ledger: the newest manifest of every series, and the previous ledger. Once a day is
 * enough, so it does nothing if today's exists; give its digest to the auditors.
 */
export async function writeLedger(
  archive: Pick<Archive, 'snapshots' | 'log' | 'writer'>,
): Promise<ReadLedger> {
  const { snapshots, writer, log } = archive
  // Only storage's clock counts, and any read returns it.
  const { at } = await snapshots.read(ledgerName(1))
  const newest = await newestLedger(snapshots)
  const takenAt = at.toISOString()
  if (newest !== null && newest.ledger.takenAt.slice(0, 10) >= takenAt.slice(0, 10)) return newest

  const entries: LedgerEntry[] = []
  for await (const series of listEverySeries(snapshots)) {
    const entry = await newestEntry(snapshots, series)
    if (entry !== null) entries.push(entry)
  }
  const previous = newest === null ? null : { number: newest.ledger.number, sha256: newest.sha256 }
  const number = (previous?.number ?? 0) + 1
  const bytes = ledgerBytes({ number, takenAt, previous, writer }, entries)
  const digest = sha256(bytes)
  const name = ledgerName(number)
  try {
    await snapshots.create(name, bytes, { contentType: 'application/json', sha256: digest })
  } catch (error) {
    // Another host was faster, or our own answer was lost: either way, today's ledger exists.
    const found = hasCode(error, 'ALREADY_EXISTS') ? await readLedger(snapshots, number) : null
    if (found === null) throw error
    return found
  }
  log.info('ledger.written', { number, series: entries.length, sha256: digest })
  return { ledger: parseLedger(bytes, name), sha256: digest }
}

/** The newest manifest, by its bytes alone: unreadable manifests, e.g. a newer program's, are pinned too. */
async function newestEntry(snapshots: BlobReader, series: Series): Promise<LedgerEntry | null> {
  const number = (await snapshotNumbers(snapshots, series)).at(-1)
  if (number === undefined) return null
  const { bytes } = await snapshots.read(manifestName(series, number))
  return bytes === null ? null : { series, number, sha256: sha256(bytes) }
}

/** Numbers of the ledgers, oldest first. */
export async function ledgerNumbers(snapshots: BlobReader): Promise<number[]> {
  const numbers: number[] = []
  for await (const { name } of snapshots.list(LEDGER_FOLDER)) {
    const number = ledgerNumber(name)
    if (number !== null) numbers.push(number)
  }
  return numbers.sort((a, b) => a - b)
}

/** The newest ledger; null if there is none yet. */
export async function newestLedger(snapshots: BlobReader): Promise<ReadLedger | null> {
  const number = (await ledgerNumbers(snapshots)).at(-1)
  return number === undefined ? null : readLedger(snapshots, number)
}

/** Ledger `number`; null if there is none of that number. */
export async function readLedger(
  snapshots: BlobReader,
  number: number,
): Promise<ReadLedger | null> {
  const name = ledgerName(number)
  const { bytes } = await snapshots.read(name)
  if (bytes === null) return null
  return { ledger: parseLedger(bytes, name), sha256: sha256(bytes) }
}
