/** Damages archives that schedules left behind, and asks verify. */

import { randomFor } from '../../local/simulator/random.ts'
import type { Archive } from '../../shared/usecases/archive.ts'
import { verifyArchive } from '../../shared/usecases/verify/verify-archive.ts'
import { writeLedger } from '../../shared/usecases/write-ledger.ts'
import type { MemoryContainer } from '../simulation/memory-storage.ts'
import { archiveOf, runSchedule } from '../simulation/schedule.ts'
import type { World } from '../simulation/world.ts'
import { type Damage, damages } from './damage.ts'

const DAY_MS = 86_400_000

/** What became of the damages of one archive. */
export interface Explored {
  readonly corruptions: number
  readonly leftovers: number
  readonly missed: readonly string[]
  readonly falseAlarms: readonly string[]
}

/**
 * Verifies the archive of schedule `seed` as it is, which must be without a fault, then damages a copy of it
 * once in each way and verifies that: some fault must name what was damaged.
 */
export async function damageArchive(seed: number): Promise<Explored> {
  const { world } = await runSchedule(seed)
  const archive = archiveOf(world)
  await writeLedger(archive)
  world.clock += DAY_MS
  const { sha256: anchor } = await writeLedger(archive)

  const clean = await faultsOf(archive, anchor, true)
  const missed: string[] = []
  let corruptions = 0
  for (const [i, damage] of damages.entries()) {
    const result = await damageOnce(world, archive, damage, `${seed}/${i}`, anchor)
    if (result === null) continue
    corruptions++
    if (result !== '') missed.push(`seed ${seed}, ${damage.name}: ${result}`)
  }
  const falseAlarms = clean.faults.map((found) => `seed ${seed}: ${found}`)
  return { corruptions, leftovers: clean.leftovers, missed, falseAlarms }
}

/** Null if there was nothing to damage; else what verify failed to say, which should be nothing. */
async function damageOnce(
  world: World,
  archive: Archive,
  damage: Damage,
  key: string,
  anchor: string,
): Promise<string | null> {
  const { snapshots, view } = world.storage.stored
  const before = [new Map(snapshots), new Map(view)] as const
  try {
    const damaged = damage.apply({ snapshots, view, random: randomFor(`damage/${key}`) })
    if (damaged === null) return null
    const { blobs } = await faultsOf(archive, anchor, key.endsWith('0'))
    const isNamed = damaged.some((name) =>
      // A ledger that pins everything else is named by its folder if its digest is what is missing.
      blobs.some((blob) => blob === name || (name.startsWith('ledger/') && blob === 'ledger/')),
    )
    return isNamed ? '' : `${damaged.join(', ')} is not among ${blobs.join(', ')}`
  } finally {
    restore(snapshots, before[0])
    restore(view, before[1])
  }
}

function restore(blobs: MemoryContainer, before: MemoryContainer): void {
  blobs.clear()
  for (const [name, blob] of before) blobs.set(name, blob)
}

async function faultsOf(
  archive: Archive,
  anchor: string,
  isDeep: boolean,
): Promise<{ faults: string[]; blobs: string[]; leftovers: number }> {
  const { faults, leftovers } = await verifyArchive(archive, { isDeep, anchor })
  return {
    faults: faults.map(({ code, blob, message }) => `${code} ${blob}: ${message}`),
    blobs: faults.map(({ blob }) => blob),
    leftovers,
  }
}
