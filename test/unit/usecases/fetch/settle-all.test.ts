import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { settleAll } from '../../../../shared/usecases/fetch/settle-all.ts'

describe('work on all items', () => {
  it('returns the results in the order of the items', async () => {
    const doubled = await settleAll(new Set([3, 1, 2]), async (n) => delay(n, n * 2), 2)
    expect(doubled).toEqual([6, 2, 4])
  })

  it('rejects with the first error once all work has ended', async () => {
    let atWork = 0
    let begun = 0
    const work = async (n: number): Promise<void> => {
      begun++
      atWork++
      await delay(n === 1 ? 0 : 20)
      atWork--
      if (n < 3) throw new Error(`failed at ${n}`)
    }
    await expect(settleAll([1, 2, 3, 4, 5, 6], work, 3)).rejects.toThrow('failed at 1')
    expect({ atWork, begun }).toEqual({ atWork: 0, begun: 3 })
  })
})
