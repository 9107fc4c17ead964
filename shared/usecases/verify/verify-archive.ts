/** Walks an archive and tells what is as it was written, what is not, and what can be trusted. */
import { catalogue } from '../../datasets/catalogue.ts'
import { hasCode } from '../../errors.ts'
import { ledgerNumber, manifestName, seriesFolder, seriesOf } from '../../snapshots/layout.ts'
import type { Series } from '../../snapshots/series.ts'
import type { ListedBlob } from '../../storage/ports.ts'
import type { Archive } from '../archive.ts'
import { listSeries } from '../list-series.ts'
import { lastSuccess, readState } from '../read-state.ts'
import { checkLedgers, type LedgerCheck } from './check-ledgers.ts'
import { checkSeries, type SeriesCheck } from './check-series.ts'
import { checkUnknown } from './check-unknown.ts'
import { checkView, type ViewCheck } from './check-view.ts'
import { type Fault, fault } from './fault.ts'

export interface VerifyOptions {
  /** Which series; all if absent. */
  readonly isWanted?: (series: Series) => boolean
  readonly isDeep: boolean
  /** The digest of a ledger that was kept elsewhere. */
  readonly anchor: string | null
  /** How many ledgers, from the newest on; all if absent. */
  readonly ledgers?: number
  /** Called behind each series. */
  readonly onSeries?: (check: VerifiedSeries) => void | Promise<void>
  readonly signal?: AbortSignal
}

/** A series with its view. */
export interface VerifiedSeries extends SeriesCheck {
  readonly view: ViewCheck['status'] | null
}

export interface Verification {
  readonly faults: readonly Fault[]
  readonly series: number
  readonly snapshots: number
  readonly files: number
  readonly bytes: number
  readonly leftovers: number
  /** Files of datasets that this program does not know: a newer one wrote them. */
  readonly unknown: number
  readonly viewsBehind: number
  readonly ledgers: LedgerCheck
}

type Verifier = Pick<Archive, 'snapshots' | 'state' | 'view' | 'source'>

/**
 * Verifies series by series, in the order of their names: one listing, every file read once. Rejects with
 * `STORAGE_UNAVAILABLE` where storage does not answer; what is wrong with the archive is told, not thrown.
 */
export async function verifyArchive(
  archive: Verifier,
  options: VerifyOptions,
): Promise<Verification> {
  const faults: Fault[] = []
  const sum = { series: 0, snapshots: 0, files: 0, bytes: 0, leftovers: 0, unknown: 0 }
  let viewsBehind = 0
  const seen = new Set<string>()
  for await (const { series, blobs } of groups(archive)) {
    options.signal?.throwIfAborted()
    if (series === null) {
      faults.push(...blobs.map(({ name }) => fault('FOREIGN_FILE', name, 'it lies in no series')))
      continue
    }
    seen.add(seriesFolder(series))
    if (options.isWanted?.(series) === false) continue
    if (catalogue.find(series.dataset) === null) {
      const found = await checkUnknown(archive.snapshots, blobs)
      faults.push(...found.faults)
      sum.unknown += found.unknown
      continue
    }
    const check = await verifySeries(archive, series, blobs, options.isDeep)
    faults.push(...check.faults)
    sum.series++
    sum.snapshots += check.sound.length + check.damaged.length
    sum.files += check.files
    sum.bytes += check.bytes
    sum.leftovers += check.leftovers
    if (check.view === 'behind') viewsBehind++
    await options.onSeries?.(check)
  }
  for await (const series of listSeries(archive.state, archive.source.kind)) {
    if (seen.has(seriesFolder(series)) || options.isWanted?.(series) === false) continue
    faults.push(...(await missingNewest(archive, series, 0)))
  }
  const ledgers = await checkLedgers(archive.snapshots, options.anchor, options.ledgers)
  // What a series' own check has told already is not told again.
  const isNew = ({ code, blob }: Fault): boolean =>
    !faults.some((known) => known.code === code && known.blob === blob)
  return { ...sum, viewsBehind, faults: [...faults, ...ledgers.faults.filter(isNew)], ledgers }
}

async function verifySeries(
  archive: Verifier,
  series: Series,
  blobs: readonly ListedBlob[],
  isDeep: boolean,
): Promise<VerifiedSeries> {
  const check = await checkSeries({ snapshots: archive.snapshots, isDeep }, series, blobs)
  const highest = Math.max(0, ...check.sound, ...check.damaged.map(({ number }) => number))
  const faults = [...check.faults, ...(await missingNewest(archive, series, highest))]
  if (check.newest === null) return { ...check, faults, view: null }
  const view = await checkView(archive, check.newest)
  return {
    ...check,
    faults: view.fault === null ? faults : [...faults, view.fault],
    view: view.status,
  }
}

/** A newest snapshot that is gone leaves no gap; but the state remembers its number. */
async function missingNewest(archive: Verifier, series: Series, highest: number): Promise<Fault[]> {
  try {
    const { state } = await readState(archive.state, series)
    const number = lastSuccess(state)?.number ?? 0
    if (number <= highest) return []
    // It may have been sealed since the listing was made.
    const { bytes } = await archive.snapshots.read(manifestName(series, number))
    if (bytes !== null) return []
    const why = `the series' state says that snapshot ${number} was sealed`
    return [fault('SNAPSHOT_MISSING', seriesFolder(series), why)]
  } catch (error) {
    if (hasCode(error, 'FORMAT_INVALID')) return [] // the state proves nothing: it can be made again
    throw error
  }
}

interface Group {
  /** Null for what lies in no series. */
  readonly series: Series | null
  readonly blobs: readonly ListedBlob[]
}

/** The listing, cut where one series' folder ends. */
async function* groups({ snapshots }: Verifier): AsyncGenerator<Group> {
  let series: Series | null = null
  let folder = ''
  let blobs: ListedBlob[] = []
  for await (const blob of snapshots.list('')) {
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
