/** Rebuilds the index of a segment from its JSON and CSV files. */
import { createHash } from 'node:crypto'
import { INDEX_FORMAT, indexBytes, indexDate, type PartIndex } from '../../format/part-index.ts'
import type { Segment } from '../../format/part-record.ts'
import { type Block, blockSplitter } from '../../rows/blocks/blocks.ts'
import { GZIP_HEADER, inflateBlock } from '../../rows/blocks/gzip-blocks.ts'
import { textPool } from '../../rows/bytes/text-pool.ts'
import type { RowLayout } from '../../rows/row-layout.ts'
import type { BlobReader } from '../../storage/ports.ts'
import { csvPieces } from '../read/csv-pieces.ts'
import { storedBatches } from '../read/stored-rows.ts'

/** The end of a full flush: an empty stored block (RFC 1951, 3.2.4). The same bytes may occur elsewhere too. */
const FLUSH_END = Buffer.from([0, 0, 0xff, 0xff])

type IndexBlock = PartIndex['blocks'][number]

/**
 * The bytes of the index, or null if the block boundaries can't be determined. `blockBytes`: the size limit
 * of blocks, which older programs did not have. `segment`: its JSON and CSV must be intact.
 */
export async function remakeIndex(
  snapshots: BlobReader,
  { json, csv }: Pick<Segment, 'json' | 'csv'>,
  layout: RowLayout,
  blockBytes?: number,
): Promise<Buffer | null> {
  const cut: Omit<IndexBlock, 'offset'>[] = []
  const texts = textPool()
  const blocks = blockSplitter(texts, blockBytes)
  const take = (full: readonly Block[]): void => {
    for (const { rows, sha256, firstDate, lastDate, text } of full) {
      cut.push({ rows, sha256, firstDate: indexDate(firstDate), lastDate: indexDate(lastDate) })
      texts.give(text)
    }
  }
  for await (const batch of storedBatches(snapshots, json.path, layout)) take(blocks.add(batch))
  take(blocks.end())
  const offsets = await blockOffsets(
    snapshots.stream(json.path),
    cut.map(({ sha256 }) => sha256),
  )
  if (offsets === null) return null
  const pieces = csvPieces(layout.header.length)
  for await (const chunk of snapshots.stream(csv.path)) pieces.add(chunk)
  return indexBytes({
    format: INDEX_FORMAT,
    blocks: cut.map((block, i) => ({ ...block, offset: offsets[i] as number })),
    blocksEnd: offsets.at(-1) as number,
    csvHeaderBytes: layout.header.length,
    csvPieces: pieces.end(),
  })
}

/** Where each block of a JSON file begins, and where the last one ends; null if a boundary can't be found. */
export async function blockOffsets(
  file: AsyncIterable<Buffer>,
  digests: readonly string[],
): Promise<number[] | null> {
  const offsets = [GZIP_HEADER.length]
  let window = Buffer.alloc(0)
  let from = 0 // offset of window[0] in the file
  let searched = 0
  for await (const chunk of file) {
    window = Buffer.concat([window, chunk])
    while (offsets.length <= digests.length) {
      const start = (offsets.at(-1) as number) - from
      const found = window.indexOf(FLUSH_END, Math.max(start, searched))
      if (found < 0) {
        searched = Math.max(start, window.length - FLUSH_END.length + 1)
        break
      }
      const end = found + FLUSH_END.length
      searched = found + 1
      if ((await digestOf(window.subarray(start, end))) !== digests[offsets.length - 1]) continue
      offsets.push(from + end)
      window = window.subarray(end)
      from += end
      searched = 0
    }
  }
  return offsets.length === digests.length + 1 ? offsets : null
}

/** The digest of a block's row lines; null if the bytes are not a block. */
async function digestOf(bytes: Buffer): Promise<string | null> {
  try {
    const text = (await inflateBlock(bytes)).toString('latin1')
    const lines = `${text.split('\n,').join('\n')}\n`
    return createHash('sha256').update(lines, 'latin1').digest('hex')
  } catch {
    return null // a false boundary inside the block: try the next one
  }
}
