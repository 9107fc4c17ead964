/** Contradictions between a ledger, the one after it, and the existing manifests. */
import { byUtf8, canonicalJson } from '../../format/canonical-json.ts'
import type { Ledger } from '../../format/ledger.ts'
import { TOLERANCE_MS } from './time-rules.ts'

/** When the manifests of each series were created, by the series' folder; numbers start at 1. */
export type MadeSnapshots = ReadonlyMap<string, ReadonlyMap<number, Date>>

export interface CheckedLedger {
  readonly ledger: Ledger
  readonly bytes: Buffer
  /** Its number according to its name. */
  readonly number: number
  /** The ledger after it; null if there is none, or it is unreadable. */
  readonly behind: Ledger | null
  readonly made: MadeSnapshots
  readonly createdAt: Date | undefined
}

/** Every contradiction in a ledger, in words. */
export function ledgerContradictions({
  ledger,
  bytes,
  number,
  behind,
  made,
  createdAt,
}: CheckedLedger): string[] {
  const wrong: string[] = []
  const { takenAt, previous, entries } = ledger
  if (ledger.number !== number || (previous?.number ?? 0) !== number - 1) {
    wrong.push('its number, or the number of the ledger before it, does not match its name')
  }
  if (!canonicalJson(JSON.parse(bytes.toString())).equals(bytes))
    wrong.push('it is not canonical JSON')
  if (entries.some(({ series }, i) => i > 0 && byUtf8(entries[i - 1]?.series ?? '', series) >= 0)) {
    wrong.push('its entries are not sorted by series')
  }
  const taken = Date.parse(takenAt)
  if (createdAt !== undefined && taken > createdAt.getTime() + TOLERANCE_MS) {
    wrong.push(`it says ${takenAt}, but storage already had its file at ${createdAt.toISOString()}`)
  }
  if (behind !== null && takenAt.slice(0, 10) >= behind.takenAt.slice(0, 10)) {
    wrong.push(`it says ${takenAt}, but the next ledger says ${behind.takenAt}`)
  }
  const numbers = new Map(entries.map((entry) => [entry.series, entry.number]))
  for (const [series, snapshots] of made) {
    const there = [...snapshots]
      .filter(([, at]) => at.getTime() < taken - TOLERANCE_MS)
      .map(([snapshot]) => snapshot)
    const least = Math.max(0, ...there)
    if ((numbers.get(series) ?? 0) < least) {
      wrong.push(`it omits snapshot ${least} of ${series}, which existed`)
    }
  }
  if (behind !== null) {
    for (const { series, number: later } of behind.entries)
      numbers.set(series, (numbers.get(series) ?? 0) - later)
    const ahead = [...numbers].filter(([, difference]) => difference > 0).map(([series]) => series)
    if (ahead.length > 0)
      wrong.push(`it has newer snapshots than the next ledger for ${ahead.join(', ')}`)
  }
  return wrong
}
