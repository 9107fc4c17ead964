/** A sample of `npm run soak -- --only corruptions`. */
import { describe, expect, it } from 'vitest'
import { damageArchive } from '../../soak/corruptions/explore.ts'
import { forgeArchive } from '../../soak/corruptions/explore-forgeries.ts'
import { forgeries } from '../../soak/corruptions/forgeries.ts'

describe('a stored archive', () => {
  it('has no fault if intact, and every damage is reported', async () => {
    let corruptions = 0
    let leftovers = 0
    // In 1019 a worker reads the state long before the last receipt exists.
    for (const seed of [1_019, ...Array.from({ length: 12 }, (_, i) => 1_000 + i)]) {
      const found = await damageArchive(seed)
      expect(found.missed).toEqual([])
      expect(found.falseAlarms).toEqual([])
      corruptions += found.corruptions
      leftovers += found.leftovers
    }
    expect(corruptions).toBeGreaterThan(200)
    expect(leftovers).toBeGreaterThan(0)
  })

  it('has a fault for each consistent forgery that breaks a rule, without an anchor', async () => {
    const tried = new Map<string, number>()
    for (const seed of [1_001, 1_006, 1_007]) {
      const found = await forgeArchive(seed)
      expect(found.missed).toEqual([])
      for (const [name, count] of found.tried) tried.set(name, (tried.get(name) ?? 0) + count)
    }
    const total = [...tried.values()].reduce((sum, count) => sum + count, 0)
    expect(total).toBeGreaterThan(200)
    // Some are not possible in every archive.
    expect(tried.size).toBeGreaterThan(forgeries.length - 8)
  })
})
