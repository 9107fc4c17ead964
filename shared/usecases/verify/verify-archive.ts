/** Verifies an archive: reports what is intact, what is not, and what can be trusted. */
import type { Dataset } from '../../datasets/dataset.ts'
import { hasCode } from '../../errors.ts'
import {
  ledgerNumber,
  manifestName,
  manifestNumber,
  seriesFolder,
  seriesOf,
} from '../../format/layout.ts'
import type { Series } from '../../format/series.ts'
import { type Offer, offerOf } from '../../sources/source.ts'
import type { BlobReader, ListedBlob } from '../../storage/ports.ts'
import type { Archive } from '../archive.ts'
import { listSeries } from '../read/list-series.ts'
import { lastSuccess, readState } from '../state/read-state.ts'
import type { ViewDeps } from '../view/view-deps.ts'
import { checkLedgers, type LedgerCheck } from './check-ledgers.ts'
import { checkSeries, type SeriesCheck } from './check-series.ts'
import { checkUnknown } from './check-unknown.ts'
import { checkView, SAFE, type ViewCheck } from './check-view.ts'
import { type Fault, fault } from './fault.ts'

/** The sweep runs every few minutes: a view that several sweeps did not update needs attention. */
const VIEW_LATE_MS = 7_200_000

export interface VerifyOptions {
  /** Only blobs below this prefix; all if absent. */
  readonly prefix?: string
  /** Selects series by their listing; all if absent. */
  readonly isWanted?: (series: Series, blobs: readonly ListedBlob[]) => boolean | Promise<boolean>
  readonly isDeep: boolean
  /** The archive was copied or restored, so the creation dates of its blobs are meaningless. */
  readonly isCopy?: boolean
  /** The digest of a ledger, kept elsewhere. */
  readonly anchor: string | null
  /** How many ledgers to check, from the newest on; all if absent. */
  readonly ledgers?: number
  /** Called for each series that is listed, wanted or not. */
  readonly onListed?: (series: Series, blobs: readonly ListedBlob[]) => void
  /** Called after each verified series. */
  readonly onSeries?: (check: VerifiedSeries) => void | Promise<void>
  readonly signal?: AbortSignal
}

/** A series with its view; null if it has no snapshot, or another source answers. */
export interface VerifiedSeries extends SeriesCheck {
  readonly view: ViewCheck['status'] | null
}

export interface Verification {
  readonly faults: readonly Fault[]
  /**
   * Those of `faults` that no series' own check reported: faults of ledgers, of what ledgers record, of blobs
   * outside any series.
   */
  readonly beside: readonly Fault[]
  readonly series: number
  readonly snapshots: number
  readonly files: number
  readonly bytes: number
  readonly leftovers: number
  /** Damaged files that have been repaired. */
  readonly repaired: number
  /** Files of datasets that this program does not know, written by a newer one. */
  readonly unknown: number
  readonly viewsBehind: number
  readonly ledgers: LedgerCheck
}

type Verifier = Pick<Archive, 'state'> & ViewDeps

/**
 * Verifies series by series, in the order of their names: one listing, every file read once. Rejects with
 * `STORAGE_UNAVAILABLE` if storage does not answer; faults of the archive are returned, not thrown.
 */
export async function verifyArchive(
  archive: Verifier,
  options: VerifyOptions,
): Promise<Verification> {
  const faults: Fault[] = []
  const beside: Fault[] = []
  const snapshots = archive.snapshots.asStored
  const sum = { series: 0, snapshots: 0, files: 0, bytes: 0, leftovers: 0, unknown: 0, repaired: 0 }
  let viewsBehind = 0
  const made = new Map<string, Map<number, Date>>()
  for await (const { series, blobs } of groups(snapshots, options.prefix)) {
    options.signal?.throwIfAborted()
    if (series === null) {
      beside.push(
        ...blobs.map(({ name }) => fault('FOREIGN_FILE', name, 'it belongs to no series')),
      )
      continue
    }
    made.set(seriesFolder(series), madeSnapshots(blobs))
    options.onListed?.(series, blobs)
    if ((await options.isWanted?.(series, blobs)) === false) continue
    const dataset = archive.catalogue.find(series.dataset)
    if (dataset === null) {
      const found = await checkUnknown(snapshots, blobs)
      faults.push(...found.faults)
      sum.unknown += found.unknown
      continue
    }
    const check = await verifySeries(archive, series, dataset, blobs, options)
    faults.push(...check.faults)
    sum.series++
    sum.snapshots += check.sound.length + check.damaged.length
    sum.files += check.files
    sum.bytes += check.bytes
    sum.leftovers += check.leftovers
    sum.repaired += check.repaired.length
    if (check.view === 'behind') viewsBehind++
    await options.onSeries?.(check)
  }
  for await (const series of listSeries(archive.state, archive.sources)) {
    if (made.has(seriesFolder(series))) continue
    if ((await options.isWanted?.(series, [])) === false) continue
    beside.push(...(await missingNewest(archive, series, 0)))
  }
  const ledgers = await checkLedgers(snapshots, options.anchor, options.ledgers, made)
  // Faults that a series' own check has reported are not repeated.
  const isNew = ({ code, blob }: Fault): boolean =>
    !faults.some((known) => known.code === code && known.blob === blob)
  beside.push(...ledgers.faults.filter(isNew))
  return { ...sum, viewsBehind, faults: [...faults, ...beside], beside, ledgers }
}

async function verifySeries(
  archive: Verifier,
  series: Series,
  dataset: Dataset,
  blobs: readonly ListedBlob[],
  { isDeep, isCopy = false }: VerifyOptions,
): Promise<VerifiedSeries> {
  const { policy } = archive
  const check = await checkSeries(archive.snapshots.asStored, series, blobs, {
    dataset,
    isDeep,
    isCopy,
    policy,
    offer: offerFor(archive, series),
  })
  const highest = Math.max(0, ...check.sound, ...check.damaged.map(({ number }) => number))
  const faults = [...check.faults, ...(await missingNewest(archive, series, highest))]
  if (check.newest === null) return { ...check, faults, view: null }
  const view = await checkView(archive, check.newest)
  if (view === null) return { ...check, faults, view }
  faults.push(...view.faults)
  faults.push(...lateFiles(check, view.behind))
  return { ...check, faults, view: view.status }
}

/** How its source offers the dataset of a series; null for a source that this program does not know. */
function offerFor({ sources }: Pick<Verifier, 'sources'>, series: Series): Offer | null {
  const source = sources.find(({ definition }) => definition.kind === series.source)
  return source === undefined ? null : offerOf(source.definition, series.dataset)
}

function madeSnapshots(blobs: readonly ListedBlob[]): Map<number, Date> {
  return new Map(
    blobs.flatMap(({ name, createdAt }) => {
      const number = manifestNumber(name)
      return number === null ? [] : [[number, createdAt] as const]
    }),
  )
}

/** The sweep updates a view that was left behind; one that stays behind for longer needs attention. */
function lateFiles({ newest, newestAt, now }: SeriesCheck, behind: readonly string[]): Fault[] {
  if (newest === null || newestAt === null) return []
  const behindMs = now.getTime() - newestAt.getTime()
  if (behindMs < VIEW_LATE_MS) return []
  const why = `it does not have snapshot ${newest.manifest.number}, which has existed since ${newestAt.toISOString()}`
  return behind.map((name) => fault('VIEW_BEHIND', name, why, SAFE))
}

/** A missing newest snapshot leaves no gap in the numbers, but the state remembers its number. */
async function missingNewest(archive: Verifier, series: Series, highest: number): Promise<Fault[]> {
  try {
    const { state } = await readState(archive.state, series)
    const number = lastSuccess(state)?.number ?? 0
    if (number <= highest) return []
    // It may have been sealed after the listing.
    const { bytes } = await archive.snapshots.asStored.read(manifestName(series, number))
    if (bytes !== null) return []
    const why = `the series' state says that snapshot ${number} was sealed`
    return [fault('SNAPSHOT_MISSING', seriesFolder(series), why)]
  } catch (error) {
    if (hasCode(error, 'FORMAT_INVALID')) return [] // the state proves nothing: it can be rebuilt
    throw error
  }
}

interface Group {
  /** Null for blobs outside any series. */
  readonly series: Series | null
  readonly blobs: readonly ListedBlob[]
}

/** The listing, split by series folder. */
async function* groups(snapshots: BlobReader, prefix = ''): AsyncGenerator<Group> {
  let series: Series | null = null
  let folder = ''
  let blobs: ListedBlob[] = []
  for await (const blob of snapshots.list(prefix)) {
    if (ledgerNumber(blob.name) !== null) continue
    if (folder === '' || !blob.name.startsWith(folder)) {
      if (blobs.length > 0) yield { series, blobs }
      series = seriesOf(blob.name)
      folder = series === null ? '' : seriesFolder(series)
      blobs = []
    }
    blobs.push(blob)
  }
  if (blobs.length > 0) yield { series, blobs }
}
