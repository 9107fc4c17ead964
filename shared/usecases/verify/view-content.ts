/** Compares the content of a view's file with its snapshot. */
import { createHash, type Hash } from 'node:crypto'
import type { Snapshot } from '../read/read-snapshots.ts'
import type { ViewDeps } from '../view/view-deps.ts'
import type { ExpectedBlock, ViewFile } from '../view/view-file.ts'
import { parquetDifference } from './parquet-content.ts'

/**
 * Says how the file's version `etag` differs from its snapshot; null if it does not. If it is replaced meanwhile, any
 * difference may be returned. Rejects with `BLOB_NOT_FOUND`, `FORMAT_INVALID` or `FILE_DAMAGED` if the snapshot itself can't
 * be read.
 */
export async function contentDifference(
  { view }: Pick<ViewDeps, 'view'>,
  file: ViewFile,
  etag: string,
  newest: Snapshot,
): Promise<string | null> {
  const expected = await file.expected(await view.blocks(file.name))
  if (typeof expected === 'string') return expected
  const why = await firstDifference(view.stream(file.name), expected)
  if (why !== null || file.format === 'csv') return why
  const length = expected.reduce((sum, { bytes }) => sum + bytes, 0)
  return parquetDifference(view, { ...file, length, etag }, newest)
}

async function firstDifference(
  view: AsyncIterable<Buffer>,
  expected: readonly ExpectedBlock[],
): Promise<string | null> {
  let piece = 0
  let left = expected[0]?.bytes ?? 0
  let offset = 0
  let hash: Hash = createHash('sha256')
  for await (const chunk of view) {
    for (let from = 0; from < chunk.length; ) {
      if (piece === expected.length) return `it continues past its end at ${offset}`
      const take = Math.min(left, chunk.length - from)
      hash.update(chunk.subarray(from, from + take))
      from += take
      left -= take
      offset += take
      if (left > 0) continue
      if (hash.digest('hex') !== expected[piece]?.sha256)
        return `it is altered before byte ${offset}`
      hash = createHash('sha256')
      piece++
      left = expected[piece]?.bytes ?? 0
    }
  }
  return piece === expected.length ? null : `it ends too early, at ${offset}`
}
