import { datasetNamed, layoutOf } from '../datasets/catalogue.ts'
import { inflateBlock } from '../rows/gzip-blocks.ts'
import type { RowLayout } from '../rows/row-layout.ts'
import type { Manifest } from '../snapshots/manifest.ts'
import { type PartRecord, segmentsOf } from '../snapshots/part-record.ts'
import type { BlobReader } from '../storage/ports.ts'
import { readIndex } from './read-snapshots.ts'

/** One block of a stored part: up to 1,000 rows, read when asked for. */
export interface StoredBlock {
  readonly part: string
  readonly sha256: string
  readonly rows: number
  /** The rows' text, separated by a newline and a comma. */
  readonly read: () => Promise<Buffer>
}

/** The blocks of a part, in order. */
export async function* blocksOfPart(
  snapshots: BlobReader,
  part: PartRecord,
): AsyncGenerator<StoredBlock> {
  for (const { json, index } of segmentsOf(part.files)) {
    const { blocks, blocksEnd } = await readIndex(snapshots, index.path)
    for (const [i, { offset, sha256, rows }] of blocks.entries()) {
      const end = blocks[i + 1]?.offset ?? blocksEnd
      const read = async (): Promise<Buffer> =>
        inflateBlock(await snapshots.readRange(json.path, offset, end - offset))
      yield { part: part.key, sha256, rows, read }
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

/** Row texts of a block's text. */
export function* rowTexts(text: Buffer): Generator<Buffer> {
  let from = 0
  for (let end = text.indexOf('\n,'); end >= 0; end = text.indexOf('\n,', from)) {
    yield text.subarray(from, end)
    from = end + 2
  }
  if (from < text.length) yield text.subarray(from)
}

/** The layout that a manifest's dataset has today. */
export function layoutFor(manifest: Manifest): RowLayout {
  return layoutOf(datasetNamed(manifest.dataset))
}
