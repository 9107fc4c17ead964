/** A reader without conditions that is in the middle of a Parquet file while that is compacted. */
import { describe, expect, it } from 'vitest'
import { viewName } from '../../shared/format/view-names.ts'
import { rebuildView } from '../../shared/usecases/view/refresh-view.ts'
import { readRanges } from '../../testing/parquet/read-parquet.ts'
import { MONTH, type SealedMonth, sealedMonth } from '../../testing/simulation/sealed-month.ts'

const FOOTER_BYTES = 40_000
const DAYS = [1, 2, 3, 4]
const COSTS = [10n, 20n, 30n, 40n]
const SCALE = 10n ** 18n

/** Days of one row whose row groups have the same size. */
function days(costs: readonly bigint[]): Record<string, string> {
  return Object.fromEntries(
    DAYS.map((day, i) => [
      `2017-04-0${day}`,
      `[{"cost":${costs[i]},"date":"2017-04-0${day}","instanceId":"r${day}"}]`,
    ]),
  )
}

function bytesOf({ storage }: SealedMonth): Buffer {
  const blob = storage.stored.view.get(viewName(MONTH, 'parquet'))
  if (blob === undefined) throw new Error('no view')
  return blob.bytes
}

/** The costs as read by one whose first `requests` come before the replacement; null if it fails. */
async function costsRead(old: Buffer, now: Buffer, requests: number): Promise<bigint[] | null> {
  let asked = 0
  const slice = (start: number, end = old.length): ArrayBuffer => {
    const bytes = (asked++ < requests ? old : now).subarray(start, end)
    if (bytes.length < end - start) throw new Error('416')
    return new Uint8Array(bytes).buffer
  }
  const file = { byteLength: old.length, slice }
  try {
    const rows = await readRanges(file, FOOTER_BYTES, ['cost'])
    return rows.map(({ cost }) => (cost as bigint) / SCALE)
  } catch {
    return null
  }
}

describe('compaction', () => {
  it('is noticed by a reader whose days have row groups of equal size', async () => {
    const month = sealedMonth({ shrinkPercent: 100 })
    await month.seal(days(COSTS))
    const old = bytesOf(month)
    const restated = [11n, ...COSTS.slice(1)]
    // A rebuild compacts, whatever the size of the file.
    await rebuildView(month.archive, await month.seal(days(restated)))
    const now = bytesOf(month)
    expect(now.subarray(0, old.length).equals(old)).toBe(false)
    for (const requests of [1, 2, 3, 4]) {
      const costs = await costsRead(old, now, requests)
      expect([null, COSTS, restated].map(String)).toContain(String(costs))
    }
  })
})
