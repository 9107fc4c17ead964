/**
 * A Parquet file of the view. It only grows: a new version names all blocks of the old one in their order, then the row
 * groups that changed and a new footer. So a reader that took the old length reads the old rows to their end, without any
 * condition. It is compacted now and then, which such a reader notices as an error.
 */
import { ArchiveError } from '../../errors.ts'
import {
  headBlock,
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
import { extendedGroup, keptGroups, UNITS, unitsNote } from '../../outputs/parquet/kept-groups.ts'
import type { RecordFields } from '../../outputs/parquet/record-feed.ts'
import { groupBytes, movedBy, type RowGroup } from '../../outputs/parquet/row-group.ts'
import { type EncodedGroup, rowGroupEncoder } from '../../outputs/parquet/row-group-encoder.ts'
import type { ViewStore } from '../../storage/ports.ts'
import { blockStager } from './block-stager.ts'
import { existingFile, NO_FILE } from './existing-file.ts'
import type { ViewContent } from './replace-view.ts'

export const PARQUET_CONTENT_TYPE = 'application/vnd.apache.parquet'

/** Rows that have row groups of their own, which are kept as long as the key is the same. */
export interface ParquetUnit {
  readonly key: string
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
  name: string,
  etag: string | null,
  table: ParquetTable,
): Promise<ViewContent | null> {
  const { columns, units } = table
  const old = etag === null ? NO_FILE : await existingFile(archive.view, name, etag)
  if (old === null) return null
  const stage = blockStager(archive.view, name, old.blocks)
  const keys = units.map(({ key }) => key)
  const kept = keptGroups(old.file, columns, keys)
  if (old.blocks.length === 0) await stage.add(headBlock(keys))
  const made = await encodeUnits(archive.encoder, columns, units, kept, stage.add)
  const keptAll = kept.flatMap((groups) => groups ?? [])
  const extended = new Map<RowGroup, RowGroup>()
  for (const group of keptAll) {
    const { pages, chunks } = extendedGroup(group, columns.length, stage.end())
    if (pages.length > 0) await stage.add(Buffer.concat(pages))
    extended.set(group, { ...group, chunks })
  }
  const ordered = units.map(
    (_, i) => kept[i]?.map((group) => extended.get(group) ?? group) ?? made[i] ?? [],
  )
  const groups = ordered.flat()
  const rows = groups.reduce((sum, group) => sum + group.rows, 0)
  if (table.rowCount !== null && rows !== table.rowCount) {
    const found = `the files of a snapshot have ${rows} rows, its manifest says ${table.rowCount}`
    throw new ArchiveError('FORMAT_INVALID', `${name}: ${found}`)
  }
  const all = [...old.blocks, ...stage.staged()]
  const live = liveBlocks(all, groups)
  const liveBytes = groups.reduce((sum, group) => sum + groupBytes(group), 0)
  const oldLive = live.filter(({ offset }) => offset < lengthOf(old.blocks))
  const isCompacted =
    old.blocks.length > 0 &&
    mustCompact({
      deadBytes: lengthOf(old.blocks) - lengthOf(placedBlocks(oldLive)),
      liveBytes,
      blocks: all.length + 1,
      isSettling: table.isSettled && old.file.notes.get(SETTLED) !== 'true',
    })
  const blocks = isCompacted
    ? placedBlocks([await stage.add(headBlock(keys)), ...live.slice(1)])
    : all
  const notes = new Map([
    ...table.notes,
    [SETTLED, String(table.isSettled)],
    [UNITS, unitsNote(units.map(({ key }, i) => [key, (ordered[i] ?? []).length]))],
  ])
  const file = { columns, groups: movedGroups(groups, all, blocks), notes }
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

/** The row groups of units that are not kept; their offsets are those in the file of all blocks. */
async function encodeUnits(
  slot: EncoderSlot,
  columns: readonly ParquetColumn[],
  units: readonly ParquetUnit[],
  kept: readonly (readonly RowGroup[] | null)[],
  stage: (bytes: Uint8Array) => Promise<PlacedBlock>,
): Promise<RowGroup[][]> {
  const made: RowGroup[][] = units.map(() => [])
  const missing = units.filter((_, i) => kept[i] === null)
  if (missing.length === 0) return made
  for (const unit of missing) await unit.prepare?.()
  await slot.use(async (kernel) => {
    let current: ParquetUnit | undefined
    const encoder = rowGroupEncoder(kernel, columns, (fields) => current?.onRecords?.(fields))
    for (const [i, unit] of units.entries()) {
      if (kept[i] !== null) continue
      current = unit
      const place = async ({ pages, group }: EncodedGroup): Promise<void> => {
        const { offset } = await stage(Buffer.concat(pages))
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
