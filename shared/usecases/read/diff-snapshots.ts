/** Compares two snapshots of a series: rows as a multiset, and totals. */
import { createHash } from 'node:crypto'
import type { Manifest } from '../../format/manifest.ts'
import { difference } from '../../rows/decimal/decimal-text.ts'
import { numberTexts } from '../../rows/select/number-texts.ts'
import type { BlobReader } from '../../storage/ports.ts'
import { blocksOf, rowTexts, type StoredBlock } from './read-rows.ts'

export interface SnapshotDiff {
  readonly from: { readonly number: number; readonly rows: number }
  readonly to: { readonly number: number; readonly rows: number }
  /** Rows that only `to` has, and that only `from` has. */
  readonly added: number
  readonly removed: number
  /** Every total that differs, with the exact difference. */
  readonly totals: readonly {
    readonly column: string
    readonly from: string
    readonly to: string
    readonly difference: string
  }[]
}

/** Receives the text of each added or removed row. */
export type OnRow = (kind: 'added' | 'removed', row: string) => void

/** The differences as a JSON document, with at most `most` of the changed rows. */
export async function diffDocument(
  snapshots: BlobReader,
  from: Manifest,
  to: Manifest,
  most: number,
  decimals?: 'text',
): Promise<string> {
  const changes: string[] = []
  const found = await diffSnapshots(snapshots, from, to, (kind, row) => {
    if (changes.length >= most) return
    const text = decimals === 'text' ? numberTexts(row) : row
    changes.push(`{"kind":"${kind}","row":${text}}`)
  })
  const text = JSON.stringify(found)
  // Rows are copied as text: their numbers are never parsed.
  return most === 0 ? text : `${text.slice(0, -1)},"changes":[${changes.join(',')}]}`
}

/** How many row digests are held at once; larger sets are compared in several passes. */
const ROWS_AT_ONCE = 500_000

/**
 * Compares two snapshots. Blocks that both share are not read, and memory does not grow with rows: many rows
 * are compared in passes, each over a range of digests.
 */
export async function diffSnapshots(
  snapshots: BlobReader,
  from: Manifest,
  to: Manifest,
  onRow: OnRow = () => {},
): Promise<SnapshotDiff> {
  const [before, after] = await differingBlocks(snapshots, from, to)
  const rows = Math.max(countRows(before), countRows(after))
  const passes = Math.max(1, Math.ceil(rows / ROWS_AT_ONCE))
  let added = 0
  let removed = 0
  for (let pass = 0; pass < passes; pass++) {
    const found = await comparePass(before, after, passes, pass, onRow)
    added += found.added
    removed += found.removed
  }
  const columns = [...new Set([...Object.keys(from.totals), ...Object.keys(to.totals)])].sort()
  const totals = columns
    .map((column) => ({ column, from: from.totals[column] ?? '0', to: to.totals[column] ?? '0' }))
    .filter((total) => total.from !== total.to)
    .map((total) => ({ ...total, difference: difference(total.to, total.from) }))
  return {
    from: { number: from.number, rows: from.rowCount },
    to: { number: to.number, rows: to.rowCount },
    added,
    removed,
    totals,
  }
}

function countRows(blocks: readonly StoredBlock[]): number {
  return blocks.reduce((sum, block) => sum + block.rows, 0)
}

/** The blocks that only one of the two has. */
async function differingBlocks(
  snapshots: BlobReader,
  from: Manifest,
  to: Manifest,
): Promise<[StoredBlock[], StoredBlock[]]> {
  const before: StoredBlock[] = []
  for await (const block of blocksOf(snapshots, from)) before.push(block)
  const counts = new Map<string, number>()
  for (const { sha256 } of before) counts.set(sha256, (counts.get(sha256) ?? 0) + 1)
  const after: StoredBlock[] = []
  const shared = new Map<string, number>()
  for await (const block of blocksOf(snapshots, to)) {
    const left = counts.get(block.sha256) ?? 0
    if (left === 0) after.push(block)
    else {
      counts.set(block.sha256, left - 1)
      shared.set(block.sha256, (shared.get(block.sha256) ?? 0) + 1)
    }
  }
  const onlyBefore = before.filter(({ sha256 }) => {
    const same = shared.get(sha256) ?? 0
    if (same > 0) shared.set(sha256, same - 1)
    return same === 0
  })
  return [onlyBefore, after]
}

async function comparePass(
  before: readonly StoredBlock[],
  after: readonly StoredBlock[],
  passes: number,
  pass: number,
  onRow: OnRow,
): Promise<{ added: number; removed: number }> {
  const counts = new Map<string, number>()
  let removed = 0
  let added = 0
  for await (const { key } of digests(before, passes, pass)) {
    counts.set(key, (counts.get(key) ?? 0) + 1)
    removed++
  }
  for await (const { key, row } of digests(after, passes, pass)) {
    const count = counts.get(key) ?? 0
    if (count === 0) {
      added++
      onRow('added', row.toString())
    } else {
      removed--
      if (count === 1) counts.delete(key)
      else counts.set(key, count - 1)
    }
  }
  if (removed === 0) return { added, removed }
  for await (const { key, row } of digests(before, passes, pass)) {
    const count = counts.get(key) ?? 0
    if (count === 0) continue
    onRow('removed', row.toString())
    counts.set(key, count - 1)
  }
  return { added, removed }
}

async function* digests(
  blocks: readonly StoredBlock[],
  passes: number,
  pass: number,
): AsyncGenerator<{ key: string; row: Buffer }> {
  for (const block of blocks) {
    for (const row of rowTexts(await block.read())) {
      const digest = createHash('sha256').update(row).digest()
      if (digest.readUInt32LE(0) % passes === pass) {
        yield { key: digest.toString('latin1', 4, 20), row }
      }
    }
  }
}
