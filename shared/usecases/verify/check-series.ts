/** Checks one series: its chain of manifests, the files that they name, and the other files in its folder. */
import { createHash } from 'node:crypto'
import { knownColumnsAt } from '../../datasets/columns-at.ts'
import type { Dataset } from '../../datasets/dataset.ts'
import { hasCode } from '../../errors.ts'
import {
  attemptFileOf,
  isRepairName,
  manifestName,
  manifestNumber,
  seriesOf,
} from '../../format/layout.ts'
import { rowsVersionOf } from '../../format/part-record.ts'
import { parseRepair } from '../../format/repair-record.ts'
import type { Series } from '../../format/series.ts'
import { monthOfSlices } from '../../format/slices.ts'
import { rowBuffers } from '../../rows/batch/row-buffers.ts'
import { textPool } from '../../rows/bytes/text-pool.ts'
import { MAX_UNKNOWN_FIELDS } from '../../rows/limits.ts'
import type { BlobReader, ListedBlob } from '../../storage/ports.ts'
import type { Snapshot } from '../read/read-snapshots.ts'
import type { Chain } from './chain-rules.ts'
import { checkManifest } from './check-manifest.ts'
import { checkPart, unknownFieldsFault } from './check-part.ts'
import type { Repaired, SegmentFacts } from './check-segment.ts'
import { type Fault, fault } from './fault.ts'
import type { KnownOffer } from './manifest-rules.ts'
import type { TimePolicy } from './time-rules.ts'

/** The result of verifying a series. */
export interface SeriesCheck {
  readonly series: Series
  readonly faults: readonly Fault[]
  /** Numbers of the intact snapshots. */
  readonly sound: readonly number[]
  /** Numbers of the others, with their damaged parts. */
  readonly damaged: readonly { readonly number: number; readonly parts: readonly string[] }[]
  readonly newest: Snapshot | null
  readonly rows: number
  readonly files: number
  readonly bytes: number
  /** Damaged files that have been repaired. */
  readonly repaired: readonly Repaired[]
  /** Files of attempts that did not count: harmless. */
  readonly leftovers: number
  /** Creation date of the oldest file that a snapshot names: for the retention check. */
  readonly oldestFile: Date | null
  /** When the newest manifest was created, and storage's clock at the check. */
  readonly newestAt: Date | null
  readonly now: Date
}

/** Options for checking a series. */
export interface SeriesOptions {
  /** Its dataset, with the columns that this program knows. */
  readonly dataset: Dataset
  readonly isDeep: boolean
  /** The blobs were copied or restored, so their creation dates are meaningless. */
  readonly isCopy: boolean
  readonly policy: TimePolicy
  /** How the series' source offers its dataset; null if this program does not know. */
  readonly offer: KnownOffer | null
}

export async function checkSeries(
  snapshots: BlobReader,
  series: Series,
  listing: readonly ListedBlob[],
  { dataset, isDeep, isCopy, policy, offer }: SeriesOptions,
): Promise<SeriesCheck> {
  const faults: Fault[] = []
  const sound: number[] = []
  const damaged: { number: number; parts: string[] }[] = []
  const facts = new Map<string, SegmentFacts>()
  const named = new Set<string>()
  const numbers = listing.flatMap(({ name }) => manifestNumber(name) ?? []).sort((a, b) => a - b)
  const buffers = rowBuffers()
  const texts = textPool()
  const listed = new Map(listing.map((blob) => [blob.name, blob]))
  const { at: now } = await snapshots.read(manifestName(series, 1)) // storage's clock, from any answer
  const created = { now, isCopy, at: (name: string) => listed.get(name)?.createdAt }
  const repairs = await repairsOf(snapshots, listing)
  const month = monthOfSlices(series.billingPeriod)
  const chain: Chain = { before: null, plans: new Map() }
  const rules = { series, dataset, offer, chain, created, policy, listed }

  for (let number = 1; number <= (numbers.at(-1) ?? 0); number++) {
    const { faults: own, snapshot } = await checkManifest(snapshots, number, rules)
    const before = chain.before
    chain.before = snapshot
    if (snapshot === null) {
      faults.push(...own)
      damaged.push({ number, parts: [] })
      continue
    }
    const { manifest } = snapshot
    const name = manifestName(series, number)
    const parts: string[] = []
    const unknown = new Set<string>()
    let isReadable = true
    for (const part of manifest.parts) {
      const { layout } = knownColumnsAt(dataset, rowsVersionOf(part))
      // Columns that only a newer program knows can't be compared with the JSON.
      const isKnown = rowsVersionOf(part) <= dataset.rowsVersion
      const checker = { snapshots, layout, buffers, texts, isDeep, isKnown, listed, repairs, month }
      for (const file of part.files) named.add(file.path)
      const found = await checkPart(checker, part, name, facts)
      if (found.faults.length > 0) parts.push(part.key)
      faults.push(...found.faults.filter((one) => !faults.some((known) => isEqual(known, one))))
      if (found.unknownFields === null || !isKnown) isReadable = false
      for (const field of found.unknownFields ?? []) unknown.add(field)
    }
    if (isReadable) {
      const earlier = before?.manifest.unknownFields ?? []
      const why = unknownFieldsFault(manifest.unknownFields, unknown, earlier, MAX_UNKNOWN_FIELDS)
      if (why !== null) own.push(fault('MANIFEST_INCONSISTENT', name, why))
    }
    faults.push(...own)
    if (parts.length === 0 && own.length === 0) sound.push(number)
    else damaged.push({ number, parts })
  }

  const repaired = [...facts.values()].flatMap((each) => each.repaired)
  for (const each of repaired) named.add(each.with)
  const isOther = (name: string): boolean =>
    !named.has(name) && manifestNumber(name) === null && !isRepairName(name)
  const others = listing.filter(({ name }) => isOther(name))
  const foreign = await foreignFiles(snapshots, others)
  const dates = listing
    .filter(({ name }) => named.has(name))
    .map((blob) => blob.createdAt.getTime())
  const newest = chain.before
  return {
    series,
    faults: [...faults, ...foreign],
    sound,
    damaged,
    newest,
    rows: newest?.manifest.rowCount ?? 0,
    files: named.size + numbers.length,
    bytes: [...facts.values()].reduce((sum, each) => sum + each.bytes, 0),
    repaired,
    leftovers: others.length - foreign.length,
    oldestFile: dates.length === 0 ? null : new Date(dates.reduce((a, b) => Math.min(a, b))),
    newestAt:
      newest === null ? null : (created.at(manifestName(series, newest.manifest.number)) ?? null),
    now,
  }
}

/** Repairs by the name of the damaged file. An unreadable record has no effect. */
async function repairsOf(
  snapshots: BlobReader,
  listing: readonly ListedBlob[],
): Promise<Map<string, string[]>> {
  const repairs = new Map<string, string[]>()
  for (const { name } of listing) {
    if (!isRepairName(name)) continue
    const { bytes } = await snapshots.read(name)
    if (bytes === null) continue
    try {
      const { path, with: instead } = parseRepair(bytes, name)
      repairs.set(path, [...(repairs.get(path) ?? []), instead])
    } catch (error) {
      if (!hasCode(error, 'FORMAT_INVALID')) throw error
    }
  }
  return repairs
}

function isEqual(a: Fault, b: Fault): boolean {
  return a.code === b.code && a.blob === b.blob && a.message === b.message
}

/** Files that no snapshot names and that no attempt of this program can have written. */
async function foreignFiles(
  snapshots: BlobReader,
  others: readonly ListedBlob[],
): Promise<Fault[]> {
  const faults: Fault[] = []
  for (const { name, metadata } of others) {
    const isOurName = attemptFileOf(name) !== null && seriesOf(name) !== null
    if (!isOurName) {
      faults.push(fault('FOREIGN_FILE', name, 'this program writes no file of that name'))
      continue
    }
    const hash = createHash('sha256')
    for await (const chunk of snapshots.stream(name)) hash.update(chunk)
    if (hash.digest('hex') === metadata['sha256']) continue
    faults.push(
      fault(
        'FOREIGN_FILE',
        name,
        'no snapshot names it, and its metadata does not have its digest',
      ),
    )
  }
  return faults
}
