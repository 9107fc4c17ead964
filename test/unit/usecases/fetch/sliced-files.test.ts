/** Memory of slice files, and the number of parts sliced at once. */
import { describe, expect, it } from 'vitest'
import { columnsAt } from '../../../../shared/datasets/columns-at.ts'
import { usageDetails } from '../../../../shared/datasets/usage-details.ts'
import type { RowBatch } from '../../../../shared/rows/batch/row-batch.ts'
import { deflateBlock } from '../../../../shared/rows/blocks/gzip-blocks.ts'
import { slots } from '../../../../shared/rows/bytes/slots.ts'
import { type TextPool, textPool } from '../../../../shared/rows/bytes/text-pool.ts'
import { jsonReader } from '../../../../shared/rows/json/read-json.ts'
import { writeSegment } from '../../../../shared/usecases/fetch/segments.ts'
import { slicedFiles } from '../../../../shared/usecases/fetch/sliced-files.ts'
import { memoryPolicy } from '../../../../testing/simulation/archive-in-memory.ts'
import { memoryStorage } from '../../../../testing/simulation/memory-storage.ts'
import { SLICED } from '../../../../testing/simulation/sliced-month.ts'

const { layout } = columnsAt(usageDetails, 1)
const never = new AbortController().signal

function batchOf(rows: readonly string[]): RowBatch {
  const reader = jsonReader('list', layout)
  reader.push(Buffer.from(`[${rows.join(',')}]`))
  reader.end()
  const batch = reader.take()
  if (batch === null) throw new Error('there are no rows')
  return batch
}

/** Batches of ten rows of 1,000 bytes, each of another day. */
async function* batches(count: number) {
  for (let number = 0; number < count; number++) {
    const rows = Array.from({ length: 10 }, (_, i) => {
      const date = `2017-04-${String(10 + i)}`
      return `{"cost":1,"date":"${date}","tags":"${'x'.repeat(960)}"}`
    })
    yield { batch: batchOf(rows), cursor: (skip: number) => ({ number, skip }) }
  }
}

describe('files of slices', () => {
  const { snapshots } = memoryStorage(() => 0)
  /** The memory of other parts. */
  const texts: TextPool = {
    ...textPool(),
    take() {
      throw new Error('it belongs to other parts')
    },
  }
  const log = { debug() {}, info() {}, warn() {}, error() {}, with: () => log }
  const writer = { snapshots, texts, deflate: deflateBlock }

  async function written(maxOpenBytes?: number) {
    const target = { series: SLICED, part: 'all', attempt: '0123456789abcdef', rowsVersion: 1 }
    const files = slicedFiles(writer, target, layout, 0, maxOpenBytes)
    const clock = { policy: memoryPolicy, elapsedMs: () => 0 }
    const { next, segment } = await writeSegment(clock, batches(8), files, layout, log)
    files.abandon()
    return { next, rows: segment.rowCount }
  }

  it('end their segment before their open blocks take too much memory, and lose no row', async () => {
    // Each batch has about 10,000 bytes: the third one exceeds the limit, so the fourth is left to the next
    // segment.
    expect(await written(25_000)).toEqual({ next: { number: 3, skip: 0 }, rows: 30 })
    expect(await written()).toEqual({ next: null, rows: 80 })
  })
})

describe('slots', () => {
  it('never exceed the limit: the next one waits until one is free', async () => {
    const two = slots(2)
    const free = await two.take(never)
    await two.take(never)
    const came: number[] = []
    const waiting = [3, 4].map((number) =>
      two.take(never).then((next) => {
        came.push(number)
        return next
      }),
    )
    await new Promise((resolve) => setImmediate(resolve))
    expect(came).toEqual([])
    free()
    const third = await waiting[0]
    expect(came).toEqual([3])
    third?.()
    await waiting[1]
    expect(came).toEqual([3, 4])
  })

  it('are not waited for after the caller has ended, without losing one', async () => {
    const one = slots(1)
    const free = await one.take(never)
    const signal = AbortSignal.timeout(10)
    await expect(one.take(signal)).rejects.toThrow(/timeout/i)
    free()
    const again = await one.take(never)
    await expect(one.take(AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone')
    again()
    await one.take(never)
  })
})
