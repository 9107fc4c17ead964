/** A sample of what `npm run soak -- --only corruptions` tries. */
import { describe, expect, it } from 'vitest'
import { damageArchive } from '../../soak/corruptions/explore.ts'
import { forgeArchive } from '../../soak/corruptions/explore-forgeries.ts'
import { forgeries } from '../../soak/corruptions/forgeries.ts'

describe('a stored archive', () => {
  it('has no fault when it is clean, and each damage is named', async () => {
    let corruptions = 0
    let leftovers = 0
    // In 1019 a worker reads the state long before the last receipt is there.
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

  it('has a fault for each lie that fits all digests and breaks a rule, without an anchor', async () => {
    const tried = new Map<string, number>()
    for (const seed of [1_001, 1_006, 1_007]) {
      const found = await forgeArchive(seed)
      expect(found.missed).toEqual([])
      for (const [name, count] of found.tried) tried.set(name, (tried.get(name) ?? 0) + count)
    }
    const total = [...tried.values()].reduce((sum, count) => sum + count, 0)
    expect(total).toBeGreaterThan(200)
    // Some need an occasion that not every archive gives.
    expect(tried.size).toBeGreaterThan(forgeries.length - 8)
  })
})
