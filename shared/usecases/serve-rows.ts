import { datasetNamed, layoutOf } from '../datasets/catalogue.ts'
import { BLOCK_ROWS } from '../rows/limits.ts'
import { type RowSelection, type SelectedRows, selectRows } from '../rows/select-rows.ts'
import type { PartIndex } from '../snapshots/part-index.ts'
import { type Segment, segmentsOf } from '../snapshots/part-record.ts'
import type { Archive } from './archive.ts'
import { readBlock } from './read-rows.ts'
import { readIndex, type Snapshot } from './read-snapshots.ts'

/** Where a page begins: a block of a part of one of the report's snapshots. */
export interface Position {
  readonly snapshot: number
  readonly part: number
  readonly block: number
}

export const START: Position = { snapshot: 0, part: 0, block: 0 }

/** A page of a report and where the next one begins; null on the last page. */
export interface ReportPage extends SelectedRows {
  readonly next: Position | null
}

/** A block that may hold rows of the report. */
interface Candidate {
  readonly position: Position
  readonly segment: Segment
  readonly index: PartIndex
  /** The block's number within its segment. */
  readonly block: number
}

/**
 * The page of a report that begins at `position` or, if no row there is asked for, at the next block
 * with some. A page is one block of the archive: one ranged read, one inflate.
 */
export async function servePage(
  archive: Pick<Archive, 'snapshots'>,
  snapshots: readonly Snapshot[],
  position: Position,
  selection: RowSelection,
): Promise<ReportPage> {
  const candidates = candidatesFrom(archive, snapshots, position, selection)
  let page: SelectedRows = { text: Buffer.alloc(0), rows: 0 }
  for await (const candidate of candidates) {
    if (page.rows > 0) return { ...page, next: candidate.position }
    page = await selectedRows(archive, snapshots, candidate, selection)
  }
  return { ...page, next: null }
}

/** All rows of a report at once, for the routes whose answer is one unpaged array. */
export async function serveAll(
  archive: Pick<Archive, 'snapshots'>,
  snapshots: readonly Snapshot[],
  selection: RowSelection,
): Promise<SelectedRows> {
  const texts: Buffer[] = []
  let rows = 0
  for await (const candidate of candidatesFrom(archive, snapshots, START, selection)) {
    const page = await selectedRows(archive, snapshots, candidate, selection)
    if (page.rows === 0) continue
    if (rows > 0) texts.push(Buffer.from(','))
    texts.push(page.text)
    rows += page.rows
  }
  return { text: Buffer.concat(texts), rows }
}

/** The blocks from `position` on that may hold selected rows; the index tells without reading them. */
async function* candidatesFrom(
  archive: Pick<Archive, 'snapshots'>,
  snapshots: readonly Snapshot[],
  from: Position,
  selection: RowSelection,
): AsyncGenerator<Candidate> {
  for (let snapshot = from.snapshot; snapshot < snapshots.length; snapshot++) {
    const parts = snapshots[snapshot]?.manifest.parts ?? []
    const firstPart = snapshot === from.snapshot ? from.part : 0
    for (let part = firstPart; part < parts.length; part++) {
      const isStart = snapshot === from.snapshot && part === from.part
      const firstBlock = isStart ? from.block : 0
      let blocksBefore = 0
      for (const segment of segmentsOf(parts[part]?.files ?? [])) {
        // All segments but a part's last one end with a whole block.
        const blocks = Math.ceil(segment.json.rows / BLOCK_ROWS)
        if (firstBlock < blocksBefore + blocks) {
          const index = await readIndex(archive.snapshots, segment.index.path)
          for (let block = Math.max(0, firstBlock - blocksBefore); block < blocks; block++) {
            const position = { snapshot, part, block: blocksBefore + block }
            if (mayHold(index, block, selection)) yield { position, segment, index, block }
          }
        }
        blocksBefore += blocks
      }
    }
  }
}

function mayHold(index: PartIndex, block: number, { dates }: RowSelection): boolean {
  if (dates === null) return true
  const { firstDate, lastDate } = index.blocks[block] as PartIndex['blocks'][number]
  if (firstDate === null || lastDate === null) return false
  return firstDate <= dates.last && lastDate >= dates.first
}

async function selectedRows(
  archive: Pick<Archive, 'snapshots'>,
  snapshots: readonly Snapshot[],
  { position, segment, index, block: number }: Candidate,
  selection: RowSelection,
): Promise<SelectedRows> {
  const text = await readBlock(archive.snapshots, segment.json, index, number)
  const { rows } = index.blocks[number] as PartIndex['blocks'][number]
  if (selection.dates === null && selection.dropFields.size === 0) return { text, rows }
  const dataset = datasetNamed(snapshots[position.snapshot]?.manifest.dataset ?? '')
  return selectRows(text, layoutOf(dataset), selection)
}
