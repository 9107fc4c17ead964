/**
 * A Parquet file of the view. It only grows: a new version names all blocks of the old one in their order, then the row
 * groups that changed and a new footer. So a reader that took the old length reads the old rows to their end, without any
 * condition. It is compacted now and then, which such a reader notices as an error.
 */
import { ArchiveError } from '../../errors.ts'
import {
  compactBlocks,
  lengthOf,
  liveBlocks,
  movedGroups,
  mustCompact,
  type PlacedBlock,
  placedBlocks,
} from '../../outputs/parquet/block-list.ts'
import type { ParquetColumn } from '../../outputs/parquet/columns.ts'
import type { EncoderSlot } from '../../outputs/parquet/encoder-slot.ts'
import { footer, inexactCounts } from '../../outputs/parquet/footer.ts'
import {
  extendedGroup,
  keptGroups,
  UNITS,
  type Unit,
  unitsNote,
} from '../../outputs/parquet/kept-groups.ts'
import { MAGIC } from '../../outputs/parquet/parquet-codes.ts'
import type { RecordFields } from '../../outputs/parquet/record-feed.ts'
import { groupBytes, movedBy, type RowGroup } from '../../outputs/parquet/row-group.ts'
import { type EncodedGroup, rowGroupEncoder } from '../../outputs/parquet/row-group-encoder.ts'
import type { ViewStore } from '../../storage/ports.ts'
import { type BlockStager, blockStager } from './block-stager.ts'
import {
  type ExistingFile,
  existingFile,
  FORMER_FOOTERS,
  NO_FILE,
  takenOffsets,
} from './existing-file.ts'
import type { Target, ViewContent } from './replace-view.ts'

export const PARQUET_CONTENT_TYPE = 'application/vnd.apache.parquet'

/** Rows that have row groups of their own, which are kept as long as the key is the same. */
export interface ParquetUnit extends Unit {
  /** Called before any unit is encoded, if this one must be. */
  readonly prepare?: () => Promise<void>
  /** Its records as CSV, without a header. Each chunk is valid until the next one is requested. */
  readonly csv: () => AsyncIterable<Uint8Array>
  /** Gets the fields of its records if it is encoded. */
  readonly onRecords?: (fields: RecordFields) => void
  /** Called after its last record if it is encoded. */
  readonly onEnd?: () => void
}

/** The content of a file. */
export interface ParquetTable {
  readonly columns: readonly ParquetColumn[]
  readonly units: readonly ParquetUnit[]
  /** Null if it is not known. */
  readonly rowCount: number | null
  /** Texts for the footer. */
  readonly notes: ReadonlyMap<string, string>
  /** True once a period is settled. */
  readonly isSettled: boolean
}

/** The name of the footer's note that says whether the snapshot is settled. */
export const SETTLED = 'settled'

/**
 * Stages the blocks of a file that the existing one lacks; null if that was replaced meanwhile. Rejects with
 * `FORMAT_INVALID` if the units do not have as many rows as the table says.
 */
export async function assembleParquet(
  archive: { readonly view: ViewStore; readonly encoder: EncoderSlot },
  target: Target,
  table: ParquetTable,
): Promise<ViewContent | null> {
  const { name, etag, isAnew } = target
  const old = etag === null ? NO_FILE : await existingFile(archive.view, name, etag)
  if (old === null) return null
  const stage = blockStager(archive.view, name, old.blocks)
  if (old.blocks.length === 0) await stage.add(MAGIC)
  const isForced = isAnew || !old.file.isOurs
  const kept = isForced ? [] : keptGroups(old.file, table.columns, table.units)
  const byUnit = await groupsByUnit(archive.encoder, stage, kept, table)
  const groups = byUnit.flat()
  checkRows(name, groups, table)
  const all = [...old.blocks, ...stage.staged()]
  let blocks: readonly PlacedBlock[] | null = null
  if (etag !== null && (isForced || isWorthCompacting(old, all, groups, table))) {
    const taken = await takenOffsets(archive.view, name, etag, old)
    if (taken === null) return null
    blocks = await compacted(stage, liveBlocks(all, groups), groups, taken)
    if (blocks === null && isForced) blocks = placedBlocks(liveBlocks(all, groups))
  }
  const former = blocks === null ? old.footers : []
  blocks ??= all
  const notes = new Map([
    ...table.notes,
    [SETTLED, String(table.isSettled)],
    [UNITS, unitsNote(table.units.map(({ key }, i) => [key, (byUnit[i] ?? []).length]))],
    [FORMER_FOOTERS, JSON.stringify(former)],
  ])
  const file = { columns: table.columns, groups: movedGroups(groups, all, blocks), notes }
  const last = await stage.add(footer(file))
  const inexact = inexactCounts(file)
  return {
    blockIds: [...blocks.map(({ id }) => id), last.id],
    contentType: PARQUET_CONTENT_TYPE,
    ...(Object.keys(inexact).length === 0
      ? {}
      : { metadata: { inexact: JSON.stringify(inexact) } }),
    staged: stage.staged().length,
    bytes: stage.end() - lengthOf(old.blocks),
  }
}

/** The row groups of each unit: kept, or encoded and staged. Offsets are those in the file of all blocks. */
async function groupsByUnit(
  slot: EncoderSlot,
  stage: BlockStager,
  kept: readonly (readonly RowGroup[] | null)[],
  { columns, units }: ParquetTable,
): Promise<RowGroup[][]> {
  const made = await encodeUnits(slot, columns, units, kept, stage.add)
  for (const [i, groups] of kept.entries()) {
    for (const group of groups ?? []) {
      const { pages, chunks } = extendedGroup(group, columns.length, stage.end())
      if (pages.length > 0) await stage.add(Buffer.concat(pages))
      made[i]?.push({ ...group, chunks })
    }
  }
  return made
}

function checkRows(name: string, groups: readonly RowGroup[], { rowCount }: ParquetTable): void {
  const rows = groups.reduce((sum, group) => sum + group.rows, 0)
  if (rowCount === null || rows === rowCount) return
  const found = `the files of a snapshot have ${rows} rows, its manifest says ${rowCount}`
  throw new ArchiveError('FORMAT_INVALID', `${name}: ${found}`)
}

function isWorthCompacting(
  old: ExistingFile,
  all: readonly PlacedBlock[],
  groups: readonly RowGroup[],
  { isSettled }: ParquetTable,
): boolean {
  const length = lengthOf(old.blocks)
  const oldLive = liveBlocks(all, groups).filter(({ offset }) => offset < length)
  return mustCompact({
    deadBytes: length - lengthOf(placedBlocks(oldLive)),
    liveBytes: groups.reduce((sum, group) => sum + groupBytes(group), 0),
    blocks: all.length + 1,
    isSettling: length > 0 && isSettled && old.file.notes.get(SETTLED) !== 'true',
  })
}

/** The blocks that are used, moved together; null if there is no place for one. */
async function compacted(
  stage: BlockStager,
  live: readonly PlacedBlock[],
  groups: readonly RowGroup[],
  taken: ReadonlySet<number>,
): Promise<PlacedBlock[] | null> {
  const moved = compactBlocks(live, groups, taken)
  if (moved === null) return null
  const blocks: PlacedBlock[] = []
  for (const { padding, ...block } of moved) {
    if (padding > 0) {
      const { id, bytes } = await stage.add(Buffer.alloc(padding))
      blocks.push({ id, bytes, offset: block.offset - padding })
    }
    blocks.push(block)
  }
  return blocks
}

function hasKept(kept: readonly (readonly RowGroup[] | null)[], unit: number): boolean {
  return (kept[unit] ?? null) !== null
}

/** The row groups of units that are not kept. */
async function encodeUnits(
  slot: EncoderSlot,
  columns: readonly ParquetColumn[],
  units: readonly ParquetUnit[],
  kept: readonly (readonly RowGroup[] | null)[],
  stage: (bytes: Uint8Array) => Promise<PlacedBlock>,
): Promise<RowGroup[][]> {
  const made: RowGroup[][] = units.map(() => [])
  const missing = units.filter((_, i) => !hasKept(kept, i))
  if (missing.length === 0) return made
  for (const unit of missing) await unit.prepare?.()
  const joined = joiner()
  await slot.use(async (kernel) => {
    let current: ParquetUnit | undefined
    const encoder = rowGroupEncoder(kernel, columns, (fields) => current?.onRecords?.(fields))
    for (const [i, unit] of units.entries()) {
      if (hasKept(kept, i)) continue
      current = unit
      const place = async ({ pages, group }: EncodedGroup): Promise<void> => {
        const { offset } = await stage(joined(pages))
        made[i]?.push(movedBy(group, offset))
      }
      for await (const csv of unit.csv()) {
        for (const group of encoder.add(csv)) await place(group)
      }
      const last = encoder.endGroup()
      if (last !== null) await place(last)
      unit.onEnd?.()
    }
  })
  return made
}

/** Joins pages in one buffer, valid until the next call: row groups have several MiB, and garbage of that size stays for long. */
function joiner(): (pages: readonly Buffer[]) => Buffer {
  let buffer = Buffer.alloc(0)
  return (pages) => {
    const length = pages.reduce((sum, page) => sum + page.length, 0)
    if (buffer.length < length) buffer = Buffer.allocUnsafeSlow(length + (length >> 2))
    let end = 0
    for (const page of pages) end += page.copy(buffer, end)
    return buffer.subarray(0, length)
  }
}
