import { datasetNamed } from '../../datasets/catalogue.ts'
import { knownColumnsAt } from '../../datasets/columns-at.ts'
import { ArchiveError } from '../../errors.ts'
import type { Manifest } from '../../format/manifest.ts'
import type { PartIndex } from '../../format/part-index.ts'
import { type FileRecord, type PartRecord, segmentsOf } from '../../format/part-record.ts'
import { inflateBlock } from '../../rows/blocks/gzip-blocks.ts'
import type { RowLayout } from '../../rows/row-layout.ts'
import type { BlobReader } from '../../storage/ports.ts'
import { readIndex } from './read-snapshots.ts'

/** One block of a stored part, read on demand. */
export interface StoredBlock {
  readonly part: string
  readonly sha256: string
  readonly rows: number
  /** The rows' text, separated by a newline and a comma. */
  readonly read: () => Promise<Buffer>
}

/**
 * The text of block `number` of a JSON file: one ranged read, one inflate. Rejects with `FILE_DAMAGED` if
 * there is no block.
 */
export async function readBlock(
  snapshots: Pick<BlobReader, 'readRange'>,
  { path }: FileRecord,
  { blocks, blocksEnd }: PartIndex,
  number: number,
): Promise<Buffer> {
  const { offset } = blocks[number] as PartIndex['blocks'][number]
  const end = blocks[number + 1]?.offset ?? blocksEnd
  const bytes = await snapshots.readRange(path, offset, end - offset)
  try {
    return await inflateBlock(bytes)
  } catch (cause) {
    const what = `${path} can't be read at ${offset} (${(cause as Error).message})`
    const todo = 'verify and repair the archive'
    throw new ArchiveError('FILE_DAMAGED', `${what}: ${todo}`, { cause })
  }
}

/** The blocks of a part, in order. */
export async function* blocksOfPart(
  snapshots: BlobReader,
  part: PartRecord,
): AsyncGenerator<StoredBlock> {
  for (const { json, index } of segmentsOf(part.files)) {
    const read = await readIndex(snapshots, index.path)
    for (const [i, { sha256, rows }] of read.blocks.entries()) {
      yield { part: part.key, sha256, rows, read: () => readBlock(snapshots, json, read, i) }
    }
  }
}

/** The blocks of a snapshot, part by part. */
export async function* blocksOf(
  snapshots: BlobReader,
  manifest: Manifest,
): AsyncGenerator<StoredBlock> {
  for (const part of manifest.parts) yield* blocksOfPart(snapshots, part)
}

/** The row texts in a block's text. */
export function* rowTexts(text: Buffer): Generator<Buffer> {
  let from = 0
  for (let end = text.indexOf('\n,'); end >= 0; end = text.indexOf('\n,', from)) {
    yield text.subarray(from, end)
    from = end + 2
  }
  if (from < text.length) yield text.subarray(from)
}

/**
 * The layout for reading a snapshot's rows: that of its own version, or this program's newest if a newer
 * program wrote it. Rows are JSON, which has every field.
 */
export function layoutFor(manifest: Pick<Manifest, 'dataset' | 'rowsVersion'>): RowLayout {
  const dataset = datasetNamed(manifest.dataset)
  return knownColumnsAt(dataset, manifest.rowsVersion).layout
}
