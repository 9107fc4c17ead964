/** Makes new CSV and index files from a stored JSON file, which they share with the old ones. */

import { CONTENT_TYPES } from '../../format/content-types.ts'
import { type FileExtension, partFile } from '../../format/layout.ts'
import { INDEX_FORMAT, indexBytes, indexDate, type PartIndex } from '../../format/part-index.ts'
import type { FileRecord, Segment } from '../../format/part-record.ts'
import type { Series } from '../../format/series.ts'
import { type Block, blockSplitter } from '../../rows/blocks/blocks.ts'
import { sha256 } from '../../rows/blocks/digest.ts'
import { BLOCK_BYTES } from '../../rows/limits.ts'
import type { RowLayout } from '../../rows/row-layout.ts'
import type { Archive } from '../archive.ts'
import { csvPieces } from '../read/csv-pieces.ts'
import { blockPlaces, soundIndex } from './block-places.ts'
import { type HashedFile, hashedFile } from './hashed-file.ts'
import { type SegmentContent, segmentTally } from './segment-tally.ts'
import { checkedRows, damaged } from './stored-json.ts'

type Stores = Pick<Archive, 'snapshots' | 'texts' | 'inflate'>

/** What the new files are called and labelled. */
export interface RebuildTarget {
  readonly series: Series
  readonly part: string
  readonly attempt: string
  readonly rowsVersion: number
}

export interface RebuiltSegment {
  readonly content: SegmentContent
  /** JSON, CSV, index. */
  readonly files: readonly FileRecord[]
}

/**
 * Rebuilds CSV and index of a segment with the columns of `layout`. The JSON file is compared with its record;
 * rejects with `FILE_DAMAGED` if it differs. The old CSV file is not read.
 */
export async function rebuildSegment(
  archive: Stores,
  old: Segment,
  target: RebuildTarget,
  layout: RowLayout,
): Promise<RebuiltSegment> {
  const { snapshots } = archive
  const known = await soundIndex(snapshots, old.index)
  const csvName = nameOf(target, old, 'csv')
  // The second cut is that of older programs, which did not limit the bytes of a block.
  for (const blockBytes of [BLOCK_BYTES, Infinity]) {
    const csv = hashedFile(snapshots.upload(csvName, { contentType: CONTENT_TYPES.csv }))
    try {
      const written = await writeCsv(archive, old.json, csv, layout, blockBytes)
      const places = await blockPlaces(
        snapshots,
        old,
        known,
        written.blocks.map((block) => block.sha256),
      )
      if (places === null) continue
      const files = await commit(archive, old, target, csv, {
        format: INDEX_FORMAT,
        blocks: written.blocks.map((block, i) => ({ ...block, offset: places[i] as number })),
        blocksEnd: places.at(-1) as number,
        csvHeaderBytes: layout.header.length,
        csvPieces: written.pieces,
      })
      return { content: written.content, files }
    } finally {
      csv.abandon()
    }
  }
  throw damaged(old.json, `does not hold the blocks that ${old.index.path} lists`)
}

interface Written {
  readonly content: SegmentContent
  readonly blocks: readonly Omit<PartIndex['blocks'][number], 'offset'>[]
  readonly pieces: PartIndex['csvPieces']
}

async function writeCsv(
  { snapshots, texts, inflate }: Stores,
  json: FileRecord,
  csv: HashedFile,
  layout: RowLayout,
  blockBytes: number,
): Promise<Written> {
  const tally = segmentTally(layout)
  const pieces = csvPieces(layout.header.length)
  const cut = blockSplitter(texts, blockBytes)
  const blocks: Omit<PartIndex['blocks'][number], 'offset'>[] = []
  const take = (full: readonly Block[]): void => {
    for (const { rows, sha256: digest, firstDate, lastDate, text } of full) {
      const dates = { firstDate: indexDate(firstDate), lastDate: indexDate(lastDate) }
      blocks.push({ rows, sha256: digest, ...dates })
      texts.give(text)
    }
  }
  pieces.add(layout.header)
  await csv.write(layout.header)
  try {
    for await (const batch of checkedRows(snapshots, json, layout, inflate)) {
      tally.add(batch)
      take(cut.add(batch))
      pieces.add(batch.csv)
      await csv.write(batch.csv)
    }
  } finally {
    take(cut.end())
  }
  return { content: tally.content(), blocks, pieces: pieces.end() }
}

async function commit(
  { snapshots }: Stores,
  old: Segment,
  target: RebuildTarget,
  csv: HashedFile,
  index: PartIndex,
): Promise<FileRecord[]> {
  const bytes = indexBytes(index)
  const digest = sha256(bytes)
  const path = nameOf(target, old, 'index.json')
  const [csvSha256] = await Promise.all([
    csv.commit(),
    snapshots.create(path, bytes, { contentType: CONTENT_TYPES.index, sha256: digest }),
  ])
  const { json } = old
  const csvPath = nameOf(target, old, 'csv')
  const common = {
    rows: json.rows,
    rowsVersion: target.rowsVersion,
    ...(json.slice === undefined ? {} : { slice: json.slice }),
  }
  return [
    { ...json, rowsVersion: target.rowsVersion },
    { format: 'csv', path: csvPath, bytes: csv.bytes(), sha256: csvSha256, ...common },
    { format: 'index', path, bytes: bytes.length, sha256: digest, ...common },
  ]
}

function nameOf(
  { series, part, attempt }: RebuildTarget,
  { json }: Segment,
  extension: FileExtension,
): string {
  return partFile(series, part, json.slice ?? null, attempt, extension)
}
