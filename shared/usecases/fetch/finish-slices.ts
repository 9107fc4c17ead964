/** Decides which slices of a complete part keep their older files, and makes the files of the others visible. */
import { byUtf8 } from '../../format/canonical-json.ts'
import type { FileRecord, PartRecord } from '../../format/part-record.ts'
import { rowsDigestOf, type Slice, slicesOf } from '../../format/slices.ts'
import { contentDigest } from '../../rows/blocks/digest.ts'
import { sumRowsDigests } from '../../rows/blocks/rows-digest.ts'
import type { BlobReader } from '../../storage/ports.ts'
import { blockDigestsOf } from './block-digests.ts'
import { soundIndex } from './block-places.ts'
import type { PartContent } from './part-files.ts'
import { settleAll } from './settle-all.ts'

/** The rows of a slice in the part's last segment, with files that are not visible yet. */
export interface NewSlice {
  readonly rows: number
  readonly rowsDigest: string
  /** The digests of its blocks. */
  readonly blocks: readonly string[]
  commit(): Promise<FileRecord[]>
  abandon(): void
}

/** Files of a slice, and the digests of their blocks. */
interface SliceFiles {
  readonly files: readonly FileRecord[]
  readonly blocks: readonly string[]
}

/** How many slices are finished at once. */
const CONCURRENCY = 4

/**
 * The files of all slices, in the order of their keys. `latest`: the slices of the last segment; `earlier`: the files
 * of the segments before it, which become leftovers if their slice keeps the files of `base`. If all slices do, this gives `base`.
 */
export async function finishSlices(
  snapshots: BlobReader,
  latest: ReadonlyMap<string, NewSlice>,
  earlier: readonly FileRecord[],
  base: PartRecord | null,
  rowsVersion: number,
): Promise<PartContent> {
  const before = new Map(slicesOf(earlier).map((slice) => [slice.key, slice]))
  const old = slicesOf(base?.files ?? [])
  const keys = [...new Set([...before.keys(), ...latest.keys()])].sort(byUtf8)
  const kept = new Map(
    old
      .filter((slice) => hasRowsOf(slice, before.get(slice.key), latest.get(slice.key)))
      .filter((slice) => hasVersion(slice, rowsVersion))
      .map((slice) => [slice.key, slice]),
  )
  if (base !== null && kept.size === keys.length && old.length === keys.length) {
    for (const slice of latest.values()) slice.abandon()
    return base
  }
  const finish = async (key: string): Promise<SliceFiles> => {
    const same = kept.get(key)
    const next = latest.get(key)
    const keptFiles = same === undefined ? null : await keep(snapshots, same)
    if (keptFiles === null) return write(snapshots, before.get(key), next)
    next?.abandon()
    return keptFiles
  }
  const slices = await settleAll(keys, finish, CONCURRENCY)
  const files = slices.flatMap((slice) => slice.files)
  return {
    files,
    contentSha256: contentDigest(slices.flatMap(({ blocks }) => blocks)),
    rowsDigest: rowsDigestOf(files),
  }
}

/** True if `old` has the rows that a slice has in its earlier segments and in the last one together. */
function hasRowsOf(old: Slice, before: Slice | undefined, next: NewSlice | undefined): boolean {
  const rows = (before?.rows ?? 0) + (next?.rows ?? 0)
  const digests = [before?.rowsDigest ?? [], next?.rowsDigest ?? []].flat()
  const isThere = before !== undefined || next !== undefined
  return isThere && old.rows === rows && old.rowsDigest === sumRowsDigests(digests)
}

function hasVersion(slice: Slice, rowsVersion: number): boolean {
  return filesOf(slice).every((file) => file.rowsVersion === rowsVersion)
}

function filesOf({ segments }: Pick<Slice, 'segments'>): FileRecord[] {
  return segments.flatMap(({ json, csv, index }) => [json, csv, index])
}

/** The older files; null if an index of theirs is damaged, so that new files take their place. */
async function keep(snapshots: BlobReader, slice: Slice): Promise<SliceFiles | null> {
  const blocks: string[] = []
  for (const segment of slice.segments) {
    const index = await soundIndex(snapshots, segment.index)
    if (index === null) return null
    for (const { sha256 } of index.blocks) blocks.push(sha256)
  }
  return { files: filesOf(slice), blocks }
}

async function write(
  snapshots: BlobReader,
  before: Slice | undefined,
  next: NewSlice | undefined,
): Promise<SliceFiles> {
  const earlier = before === undefined ? [] : filesOf(before)
  const blocks = await blockDigestsOf(snapshots, earlier)
  const files = (await next?.commit()) ?? []
  return { files: [...earlier, ...files], blocks: [...blocks, ...(next?.blocks ?? [])] }
}
