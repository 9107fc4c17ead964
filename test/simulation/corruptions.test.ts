/** A sample of what `npm run soak -- --only corruptions` tries. */
import { describe, expect, it } from 'vitest'
import { damageArchive } from '../../soak/corruptions/explore.ts'

describe('a stored archive', () => {
  it('has no fault when it is clean, and each damage is named', async () => {
    let corruptions = 0
    let leftovers = 0
    for (let seed = 1_000; seed < 1_030; seed++) {
      const found = await damageArchive(seed)
      expect(found.missed).toEqual([])
      expect(found.falseAlarms).toEqual([])
      corruptions += found.corruptions
      leftovers += found.leftovers
    }
    expect(corruptions).toBeGreaterThan(400)
    expect(leftovers).toBeGreaterThan(0)
  })
})
