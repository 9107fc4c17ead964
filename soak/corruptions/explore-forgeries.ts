/** Forges the archives of finished schedules so that they look intact, and runs verify without an anchor. */
import { randomFor } from '../../local/simulator/random.ts'
import { verifyArchive } from '../../shared/usecases/verify/verify-archive.ts'
import { archiveWithLedgers, restore } from './explore.ts'
import { forgeries } from './forgeries.ts'

/** Results of the forgeries of one archive. */
export interface ExploredForgeries {
  /** Number of tries per kind. */
  readonly tried: ReadonlyMap<string, number>
  readonly missed: readonly string[]
}

/** Forges the archive of schedule `seed` once in each way; a fault must name what was forged. */
export async function forgeArchive(seed: number): Promise<ExploredForgeries> {
  const { world, archive } = await archiveWithLedgers(seed)
  const { snapshots, view } = world.storage.stored
  const tried = new Map<string, number>()
  const missed: string[] = []
  for (const [i, forgery] of forgeries.entries()) {
    const before = [new Map(snapshots), new Map(view)] as const
    try {
      const random = randomFor(`forgery/${seed}/${i}`)
      const forged = forgery.apply({ snapshots, view, random })
      if (forged === null) continue
      tried.set(forgery.name, 1)
      const { faults } = await verifyArchive(archive, { isDeep: true, anchor: null })
      if (faults.some(({ blob }) => forged.includes(blob))) continue
      const told = faults.map(({ code, blob, message }) => `${code} ${blob}: ${message}`)
      missed.push(`seed ${seed}, ${forgery.name}: ${forged[0]} is not among [${told.join(', ')}]`)
    } finally {
      restore(snapshots, before[0])
      restore(view, before[1])
    }
  }
  return { tried, missed }
}
