/** Block boundaries depend only on the rows, and no block is much larger than the limit. */
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rowBuffers } from '../../shared/rows/batch/row-buffers.ts'
import { blockSplitter } from '../../shared/rows/blocks/blocks.ts'
import { textPool } from '../../shared/rows/bytes/text-pool.ts'
import { jsonReader } from '../../shared/rows/json/read-json.ts'
import { rowLayout } from '../../shared/rows/row-layout.ts'

const layout = rowLayout([{ name: 'n' }])

interface Cut {
  readonly rows: number
  readonly sha256: string
}

/** The rule of the archive format, applied row by row. */
function expected(lines: readonly string[], maxBytes: number): Cut[] {
  const blocks: Cut[] = []
  let block: string[] = []
  let bytes = 0
  lines.forEach((line, i) => {
    block.push(`${line}\n`)
    bytes += line.length + 1
    if ((i + 1) % 1_000 !== 0 && bytes < maxBytes && i + 1 < lines.length) return
    const sha256 = createHash('sha256').update(block.join('')).digest('hex')
    blocks.push({ rows: block.length, sha256 })
    block = []
    bytes = 0
  })
  return blocks
}

const sizes = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.record({ rows: fc.nat(1_300), width: fc.nat(30) }) },
    { weight: 1, arbitrary: fc.record({ rows: fc.nat(3), width: fc.nat(30_000) }) },
  ),
  { maxLength: 5 },
)

/** Reused as in production: allocating them takes most of the time of a small body. */
const buffers = rowBuffers()

describe('blocks', () => {
  it('end at a thousand rows, or with the row that reaches the byte limit, in whatever batches rows arrive', () => {
    fc.assert(
      fc.property(sizes, fc.constantFrom(1, 64, 5_000, 20_000, 10_000_000), (runs, maxBytes) => {
        const groups = runs.map(({ rows, width }) =>
          Array.from({ length: rows }, (_, i) => `{"n":"${'x'.repeat((i * 7) % (width + 1))}"}`),
        )
        const cutter = blockSplitter(textPool(), maxBytes)
        const blocks = groups.flatMap((group) => {
          const reader = jsonReader('list', layout, buffers)
          reader.push(Buffer.from(`[${group.join(',')}]`))
          const batch = reader.take()
          return batch === null ? [] : cutter.add(batch)
        })
        blocks.push(...cutter.end())
        const lines = groups.flat()
        expect(blocks.map(({ rows, sha256 }) => ({ rows, sha256 }))).toEqual(
          expected(lines, maxBytes),
        )
        const largest = Math.max(0, ...lines.map((line) => line.length + 1))
        // One byte separates each row in the text from the previous one.
        for (const { text, rows } of blocks) {
          expect(text.length - rows).toBeLessThan(maxBytes + largest)
        }
      }),
      { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 200) },
    )
  })
})
