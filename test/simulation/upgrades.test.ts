/** A sample of `npm run soak -- --only upgrade`. */
import { describe, expect, it } from 'vitest'
import { labelOf, upgradeCases } from '../../soak/upgrades/figures.ts'
import { moments } from '../../soak/upgrades/moments.ts'
import { runUpgrade } from '../../soak/upgrades/run-case.ts'
import { careless, older } from '../../testing/simulation/catalogues.ts'

/** So that every moment and direction is included. */
const EVERY = 7
const sample = upgradeCases().filter((_, i) => i % EVERY === 0)

describe('two versions of the catalogue on one archive', () => {
  it('are tried at every moment, in every direction and dataset', () => {
    const all = upgradeCases()
    expect(new Set(all.map(labelOf)).size).toBe(all.length)
    expect(all.length).toBeGreaterThan(200)
    expect(new Set(sample.map(({ moment }) => moment.name)).size).toBe(moments.length)
    expect(
      new Set(sample.map(({ programs }) => programs.map(({ name }) => name).join())).size,
    ).toBe(4)
  })

  it.each(sample.map((one) => [labelOf(one), one] as const))(
    'mix nothing: %s',
    async (_label, one) => {
      expect(await runUpgrade(one)).toEqual([])
    },
  )

  it('are checked by checks that can fail: a program that did not raise its version is noticed', async () => {
    for (const moment of moments.slice(0, 3)) {
      const programs = [older, careless] as const
      const faults = await runUpgrade({ moment, programs, dataset: 'usagedetails' })
      expect(faults.join('\n')).toMatch(/version 1 with the columns .*benefitId/)
    }
  })
})
