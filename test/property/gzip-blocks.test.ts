import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rowBuffers } from '../../shared/rows/batch/row-buffers.ts'
import { arrayEnd, type Block, blockSplitter } from '../../shared/rows/blocks/blocks.ts'
import {
  deflateBlock,
  GZIP_HEADER,
  gzipTrailer,
  inflateBlock,
} from '../../shared/rows/blocks/gzip-blocks.ts'
import { textPool } from '../../shared/rows/bytes/text-pool.ts'
import { jsonReader } from '../../shared/rows/json/read-json.ts'
import { rowLayout } from '../../shared/rows/row-layout.ts'

const layout = rowLayout([{ name: 'n' }, { name: 'date', usageDate: true }])

function textOf({ text }: Block): Buffer {
  return text.bytes.subarray(0, text.length)
}

/** Reused as in production: allocating them takes most of the time of a small body. */
const buffers = rowBuffers()

describe('a JSON file', () => {
  it('is one gzip member and one valid array, each block of which can be read alone', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat({ max: 1_700 }), { maxLength: 4 }),
        fc.nat(1_000_000),
        async (sizes, seed) => {
          const rows = sizes
            .flatMap((size) => Array.from({ length: size }))
            .map(
              (_, i) =>
                `{"n":${seed + i},"date":"2017-04-${String((i % 30) + 1).padStart(2, '0')}T00:00:00"}`,
            )
          const cut = blockSplitter(textPool())
          const blocks = []
          let from = 0
          for (const size of sizes) {
            const reader = jsonReader('list', layout, buffers)
            reader.push(Buffer.from(`[${rows.slice(from, from + size).join(',')}]`))
            const batch = reader.take()
            if (batch !== null) blocks.push(...cut.add(batch))
            from += size
          }
          blocks.push(...cut.end())
          expect(blocks.map((block) => block.rows)).toEqual(
            rows.flatMap((_, i) => (i % 1_000 === 0 ? [Math.min(1_000, rows.length - i)] : [])),
          )

          const trailer = gzipTrailer()
          const deflated = await Promise.all(blocks.map((block) => deflateBlock(textOf(block))))
          for (const block of blocks) trailer.add(textOf(block))
          const file = Buffer.concat([
            GZIP_HEADER,
            ...deflated,
            trailer.end(arrayEnd(rows.length === 0)),
          ])
          const text = gunzipSync(file).toString()
          expect((JSON.parse(text) as unknown[]).length).toBe(rows.length)
          expect(text).toBe(rows.length === 0 ? '[]\n' : `[${rows.join('\n,')}\n]\n`)

          for (const [i, bytes] of deflated.entries()) {
            const alone = (await inflateBlock(bytes)).toString()
            expect(alone).toBe(rows.slice(i * 1_000, i * 1_000 + 1_000).join('\n,'))
          }
        },
      ),
      { numRuns: 25 },
    )
  })
})
