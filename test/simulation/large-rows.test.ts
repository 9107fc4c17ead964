/** Rows so large that a thousand of them would not fit into a host's memory, so blocks end earlier. */
import { describe, expect, it } from 'vitest'
import { columnsAt } from '../../shared/datasets/columns-at.ts'
import { usageDetails } from '../../shared/datasets/usage-details.ts'
import { manifestBytes, snapshotDigest } from '../../shared/format/manifest.ts'
import { indexBytes, parseIndex } from '../../shared/format/part-index.ts'
import { segmentsOf } from '../../shared/format/part-record.ts'
import { arrayEnd, blockSplitter } from '../../shared/rows/blocks/blocks.ts'
import { contentDigest, sha256 } from '../../shared/rows/blocks/digest.ts'
import { deflateBlock, GZIP_HEADER, gzipTrailer } from '../../shared/rows/blocks/gzip-blocks.ts'
import { textPool } from '../../shared/rows/bytes/text-pool.ts'
import { jsonReader } from '../../shared/rows/json/read-json.ts'
import { ALL_ROWS, rowSelector } from '../../shared/rows/select/row-selector.ts'
import type { Snapshot } from '../../shared/usecases/read/read-snapshots.ts'
import {
  NO_LIMITS,
  OLD_PAGE,
  type Position,
  START,
  servePage,
} from '../../shared/usecases/read/serve-rows.ts'
import { type SealedMonth, sealedMonth } from '../../testing/simulation/sealed-month.ts'

const MIB = 1024 * 1024
const layout = columnsAt(usageDetails, usageDetails.rowsVersion).layout
const everything = rowSelector(layout, ALL_ROWS, 'json')

function rows(count: number, bytes: number): string[] {
  const tags = 'x'.repeat(bytes)
  return Array.from({ length: count }, (_, i) => `{"cost":${i + 1},"tags":"${tags}"}`)
}

async function blocksOf({ archive }: SealedMonth, { manifest }: Snapshot): Promise<number[][]> {
  const segments = segmentsOf(manifest.parts[0]?.files ?? [])
  return Promise.all(
    segments.map(async ({ index }) => {
      const { bytes } = await archive.snapshots.read(index.path)
      return parseIndex(bytes ?? Buffer.alloc(0), index.path).blocks.map((block) => block.rows)
    }),
  )
}

/** The first and last cost of every page of the old API. */
async function pagesOf({ archive }: SealedMonth, snapshot: Snapshot): Promise<number[][]> {
  const pages: number[][] = []
  for (let from: Position | null = START; from !== null; ) {
    const page = await servePage(archive.snapshots, [snapshot], from, everything, OLD_PAGE)
    const text = Buffer.concat(page.texts).toString()
    const costs = [...text.matchAll(/\{"cost":(\d+)/g)].map(([, cost]) => Number(cost))
    expect(costs).toHaveLength(page.rows)
    pages.push([costs[0] ?? 0, costs.at(-1) ?? 0])
    from = page.next
  }
  return pages
}

/** The part's files as written before blocks had a limit in bytes. */
async function putOneBlock(
  month: SealedMonth,
  { manifest }: Snapshot,
  lines: readonly string[],
): Promise<void> {
  const { snapshots } = month.storage.stored
  const put = (name: string, bytes: Buffer) => {
    const blob = snapshots.get(name)
    if (blob === undefined) throw new Error(`${name} is not there`)
    snapshots.set(name, { ...blob, bytes, metadata: { sha256: sha256(bytes) } })
    return { bytes: bytes.length, sha256: sha256(bytes) }
  }
  const [part] = manifest.parts
  const [segment] = segmentsOf(part?.files ?? [])
  if (part === undefined || segment === undefined) throw new Error('no files')
  const { json, index } = segment
  const text = Buffer.from(`[${lines.join('\n,')}\n`)
  const trailer = gzipTrailer()
  trailer.add(text)
  const block = Buffer.concat([GZIP_HEADER, await deflateBlock(text)])
  const file = put(json.path, Buffer.concat([block, trailer.end(arrayEnd(false))]))
  const read = parseIndex(snapshots.get(index.path)?.bytes ?? Buffer.alloc(0), index.path)
  const digest = sha256(lines.map((line) => `${line}\n`).join(''))
  const only = { offset: GZIP_HEADER.length, rows: lines.length, sha256: digest }
  const dates = { firstDate: null, lastDate: null }
  const older = { ...read, blocks: [{ ...only, ...dates }], blocksEnd: block.length }
  Object.assign(json, file)
  Object.assign(index, put(index.path, indexBytes(older)))
  Object.assign(part, { contentSha256: contentDigest([digest]) })
  Object.assign(manifest, { contentSha256: snapshotDigest(manifest.parts) })
  const [name = ''] = [...snapshots.keys()].filter((key) => key.includes('/snapshots/'))
  put(name, manifestBytes(manifest))
}

describe('rows of many kilobytes', () => {
  it('are archived in smaller blocks, paged without a gap, and verified', async () => {
    const month = sealedMonth({ segmentRows: 1_000 })
    // The 683rd row reaches 8 MiB.
    const snapshot = await month.seal({ all: `[${rows(1_500, 12_270).join(',')}]` })
    expect(await blocksOf(month, snapshot)).toEqual([[683, 317], [500]])
    expect(await pagesOf(month, snapshot)).toEqual([
      [1, 683],
      [684, 1_500],
    ])
    const whole = await servePage(month.archive.snapshots, [snapshot], START, everything, NO_LIMITS)
    expect(whole.rows).toBe(1_500)
    expect(await month.faults()).toEqual([])
  })

  it('verify as archived by an older program, with a thousand rows per block of any size', async () => {
    const month = sealedMonth()
    const large = rows(4, 3 * MIB)
    const snapshot = await month.seal({ all: `[${large.join(',')}]` })
    expect(await blocksOf(month, snapshot)).toEqual([[3, 1]])
    await putOneBlock(month, snapshot, large)
    expect(await blocksOf(month, snapshot)).toEqual([[4]])
    expect(await month.faults()).toEqual([])
    expect(await pagesOf(month, snapshot)).toEqual([[1, 4]])
  })

  it('take the memory of one block limit and one row', () => {
    const cutter = blockSplitter(textPool())
    const largest: number[] = []
    for (let i = 0; i < 12; i++) {
      const reader = jsonReader('list', layout)
      reader.push(Buffer.from(`[${rows(1, 3 * MIB).join()}]`))
      const batch = reader.take()
      if (batch !== null) largest.push(...cutter.add(batch).map(({ text }) => text.length))
    }
    expect(largest).toHaveLength(4)
    expect(Math.max(...largest)).toBeLessThan(12 * MIB)
  })
})
