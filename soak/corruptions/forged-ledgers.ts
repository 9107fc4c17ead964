/** Changed ledgers, with matching later ledgers; and views with wrong metadata. */
import type { Random } from '../../local/simulator/random.ts'
import { canonicalJson } from '../../shared/format/canonical-json.ts'
import type { MemoryContainer } from '../../testing/simulation/memory-storage.ts'
import type { Forgery } from './forgery.ts'
import { makeFit, overwrite } from './self-consistent.ts'

interface LooseLedger {
  number: number
  takenAt: string
  entries: { series: string; number: number; sha256: string }[]
  previous: { number: number; sha256: string } | null
}

const DAY_MS = 86_400_000
const MINUTES_MS = 120_000

function ledger(
  name: string,
  change: (ledger: LooseLedger, random: Random, snapshots: MemoryContainer) => boolean,
): Forgery {
  return {
    name,
    apply(forger) {
      const { snapshots, random } = forger
      const names = [...snapshots.keys()].filter((each) => each.startsWith('ledger/'))
      if (names.length === 0) return null
      const target = random.pick(names)
      const read = JSON.parse(snapshots.get(target)?.bytes.toString() ?? '') as LooseLedger
      if (!change(read, random, snapshots)) return null
      overwrite(snapshots, target, canonicalJson(read))
      makeFit(forger)
      return names
    },
  }
}

/** When storage created a snapshot's manifest. */
function madeAt(snapshots: MemoryContainer, series: string, number: number): number {
  const name = `${series}snapshots/${String(number).padStart(6, '0')}.json`
  return snapshots.get(name)?.createdAt.getTime() ?? 0
}

export const ledgerForgeries: readonly Forgery[] = [
  ledger('ledger-without-a-series', ({ entries, takenAt }, random, snapshots) => {
    if (entries.length === 0) return false
    const [entry] = entries.splice(random.int(entries.length), 1)
    // A series that began in the same minute might not have been listed: see `unfindable`.
    return madeAt(snapshots, entry?.series ?? '', 1) <= Date.parse(takenAt) - MINUTES_MS
  }),
  ledger('ledger-with-an-older-snapshot', ({ entries, takenAt }, random, snapshots) => {
    const entry = entries.length === 0 ? null : random.pick(entries)
    if (entry === null || entry.number === 1) return false
    const made = madeAt(snapshots, entry.series, entry.number)
    if (made > Date.parse(takenAt) - MINUTES_MS) return false // see `unfindable`
    entry.number--
    return true
  }),
  ledger('ledger-in-another-order', ({ entries }) => {
    entries.reverse()
    return entries.length > 1
  }),
  ledger('ledger-with-a-series-twice', ({ entries }, random) => {
    if (entries.length === 0) return false
    entries.push({ ...random.pick(entries) })
    return true
  }),
  ledger('ledger-of-a-later-day', (read) => {
    read.takenAt = new Date(Date.parse(read.takenAt) + 2 * DAY_MS).toISOString()
    return true
  }),
  ledger('ledger-of-another-number', (read) => {
    read.number++
    return true
  }),
  ledger('ledger-without-the-one-before', (read) => {
    if (read.previous === null) return false
    read.previous = null
    return true
  }),
  {
    name: 'view-of-an-older-snapshot',
    apply(forger) {
      const found = [...forger.view].filter(([, blob]) => Number(blob.metadata['number']) > 1)
      if (found.length === 0) return null
      const [name, blob] = forger.random.pick(found)
      const number = String(Number(blob.metadata['number']) - 1)
      forger.view.set(name, { ...blob, metadata: { ...blob.metadata, number } })
      makeFit(forger)
      return [name]
    },
  },
  {
    name: 'view-of-another-time',
    apply({ view, random }) {
      if (view.size === 0) return null
      const [name, blob] = random.pick([...view])
      const takenat = '2017-01-01T00:00:00.000Z'
      view.set(name, { ...blob, metadata: { ...blob.metadata, takenat } })
      return [name]
    },
  },
]
