/** Repairs damaged files: never by changing one, always by adding an intact file beside it, with a record. */
import { knownColumnsAt } from '../../datasets/columns-at.ts'
import { hasCode } from '../../errors.ts'
import { seriesFolder } from '../../format/layout.ts'
import {
  type FileRecord,
  type PartRecord,
  rowsVersionOf,
  segmentsOf,
} from '../../format/part-record.ts'
import { type Series, seriesLabel } from '../../format/series.ts'
import { soundReader } from '../../storage/sound-reader.ts'
import type { Archive } from '../archive.ts'
import { newestSnapshot, readSnapshot, snapshotNumbers } from '../read/read-snapshots.ts'
import type { Repaired } from '../verify/check-segment.ts'
import type { Fault } from '../verify/fault.ts'
import { isDamage, keepResult } from '../verify/kept-result.ts'
import { type VerifiedSeries, verifyArchive } from '../verify/verify-archive.ts'
import { rebuildView } from '../view/refresh-view.ts'
import type { FindCopies } from './copies.ts'
import { type Damaged, type RepairedFile, type Repairer, repairFile } from './repair-file.ts'

/** The result of a repair. */
export interface RepairOutcome {
  readonly repaired: readonly RepairedFile[]
  /** The faults that remain. */
  readonly faults: readonly Fault[]
  /** Number of checked series. */
  readonly series: number
}

export interface RepairOptions {
  readonly isWanted: (series: Series) => boolean
  readonly copies: readonly FindCopies[]
  readonly onSeries: (series: Series, repaired: readonly RepairedFile[], left: number) => void
}

/** Faults of a file whose bytes differ from what its snapshots expect: an intact copy can replace it. */
const OF_BYTES: readonly string[] = ['FILE_MISSING', 'FILE_ALTERED']

type Deps = Repairer &
  Pick<Archive, 'state' | 'view' | 'encoder' | 'sources' | 'policy' | 'catalogue' | 'log'>

/** Verifies field by field, repairs what it finds, verifies again, and stores the result. */
export async function repairArchive(archive: Deps, options: RepairOptions): Promise<RepairOutcome> {
  const repaired: RepairedFile[] = []
  const faults: Fault[] = []
  const asked = { isDeep: true, isCopy: true, anchor: null, ledgers: 0 }
  const { series } = await verifyArchive(archive, {
    ...asked,
    isWanted: options.isWanted,
    onSeries: async (check) => {
      const { series: one } = check
      const done = await repairSeries(archive, check, options.copies)
      let after = check
      if (done.length > 0) {
        const mended = withRepairs(archive, [...check.repaired, ...done])
        await mendView(mended, one)
        const again = { ...asked, prefix: seriesFolder(one), isWanted: isSame(one) }
        await verifyArchive(mended, { ...again, onSeries: (found) => void (after = found) })
      }
      await keepResult(archive, after, true)
      repaired.push(...done)
      faults.push(...after.faults.filter(isDamage))
      options.onSeries(one, done, after.faults.length)
    },
  })
  return { repaired, faults, series }
}

/** The archive with these repairs in effect, before other readers know about them. */
function withRepairs(archive: Deps, repaired: readonly Repaired[]): Deps {
  const places = new Map(repaired.map((each) => [each.path, each.with]))
  const placeOf = async (name: string): Promise<string> => places.get(name) ?? name
  const { asStored } = archive.snapshots
  return {
    ...archive,
    snapshots: { ...archive.snapshots, ...soundReader(asStored, placeOf), asStored },
  }
}

function isSame(one: Series): (other: Series) => boolean {
  return (other) => seriesLabel(other) === seriesLabel(one) && other.source === one.source
}

/** The view contains its snapshot's CSV files: if one was altered, the view may be too. */
async function mendView(archive: Deps, series: Series): Promise<void> {
  const newest = await newestSnapshot(archive.snapshots, series)
  if (newest === null) return
  try {
    await rebuildView(archive, newest)
  } catch (error) {
    if (!hasCode(error, 'FILE_DAMAGED', 'DIGEST_MISMATCH', 'BLOB_NOT_FOUND')) throw error
    // One of its files is still damaged; the next verification reports it.
  }
}

async function repairSeries(
  archive: Deps,
  { series, faults }: VerifiedSeries,
  copies: readonly FindCopies[],
): Promise<RepairedFile[]> {
  const why = new Map(
    faults.flatMap(({ code, blob, message }) => (OF_BYTES.includes(code) ? [[blob, message]] : [])),
  )
  const repaired: RepairedFile[] = []
  if (why.size === 0) return repaired
  const dataset = archive.catalogue.find(series.dataset)
  if (dataset === null) return repaired // left to a newer program
  // A JSON file may belong to several parts: those whose CSV and index were rebuilt from it.
  const places = new Map<string, string>()
  for (const part of await partsWith(archive, series, why)) {
    const { layout } = knownColumnsAt(dataset, rowsVersionOf(part))
    for (const segment of segmentsOf(part.files)) {
      const sound: Record<FileRecord['format'], FileRecord | null> = { ...segment }
      for (const file of [segment.json, segment.csv, segment.index]) {
        const place = places.get(file.path)
        if (why.has(file.path)) sound[file.format] = null
        else if (place !== undefined) sound[file.format] = { ...file, path: place }
      }
      // The JSON first, because the others can be regenerated from it; the index needs both.
      for (const file of [segment.json, segment.csv, segment.index]) {
        const message = why.get(file.path)
        if (message === undefined) continue
        const damaged: Damaged = { series, file, why: message, sound, layout }
        const done = await repairFile(archive, damaged, copies)
        if (done === null) continue
        sound[file.format] = { ...file, path: done.with }
        repaired.push(done)
        places.set(file.path, done.with)
        why.delete(file.path)
      }
    }
  }
  return repaired
}

/** The parts that contain a damaged file, each once, however many snapshots share it. */
async function partsWith(
  { snapshots }: Deps,
  series: Series,
  damaged: ReadonlyMap<string, string>,
): Promise<PartRecord[]> {
  const found = new Map<string, PartRecord>()
  for (const number of await snapshotNumbers(snapshots, series)) {
    const snapshot = await readSnapshot(snapshots, series, number).catch((error: unknown) => {
      if (hasCode(error, 'FORMAT_INVALID', 'FORMAT_UNSUPPORTED')) return null
      throw error
    })
    for (const part of snapshot?.manifest.parts ?? []) {
      if (part.files.some(({ path }) => damaged.has(path))) {
        found.set(part.files.map(({ path }) => path).join(), part)
      }
    }
  }
  return [...found.values()]
}
