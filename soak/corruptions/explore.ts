/** Damages the archives of finished schedules, and runs verify. */

import { randomFor } from '../../local/simulator/random.ts'
import type { Archive } from '../../shared/usecases/archive.ts'
import { writeLedger } from '../../shared/usecases/seal/write-ledger.ts'
import type { Fault } from '../../shared/usecases/verify/fault.ts'
import { verifyArchive } from '../../shared/usecases/verify/verify-archive.ts'
import { older } from '../../testing/simulation/catalogues.ts'
import type { MemoryContainer } from '../../testing/simulation/memory-storage.ts'
import { archiveOf, runSchedule } from '../../testing/simulation/schedule.ts'
import type { World } from '../../testing/simulation/world.ts'
import { type Damage, damages } from './damage.ts'

const DAY_MS = 86_400_000

/** Results of the damages of one archive. */
export interface Explored {
  readonly corruptions: number
  /** Corruptions that were also detected without a ledger's digest. */
  readonly withoutLedger: number
  readonly leftovers: number
  readonly missed: readonly string[]
  readonly falseAlarms: readonly string[]
}

/**
 * Verifies the archive of schedule `seed`, which must have no fault, then damages a copy once in each way and
 * verifies that: a fault must name what was damaged.
 */
export async function damageArchive(seed: number): Promise<Explored> {
  const { world, archive, anchor } = await archiveWithLedgers(seed)
  const clean = await verifyArchive(archive, { isDeep: true, anchor })
  const missed: string[] = []
  let corruptions = 0
  let withoutLedger = 0
  for (const [i, damage] of damages.entries()) {
    const result = await damageOnce(world, archive, damage, `${seed}/${i}`, anchor)
    if (result === null) continue
    corruptions++
    if (result.isKnownWithoutLedger) withoutLedger++
    if (result.missed !== '') missed.push(`seed ${seed}, ${damage.name}: ${result.missed}`)
  }
  const falseAlarms = clean.faults.map(
    ({ code, blob, message }) => `seed ${seed}: ${code} ${blob}: ${message}`,
  )
  return { corruptions, withoutLedger, leftovers: clean.leftovers, missed, falseAlarms }
}

/** The archive of schedule `seed`, with ledgers of two days. */
export async function archiveWithLedgers(
  seed: number,
): Promise<{ world: World; archive: Archive; anchor: string }> {
  // One version only: verify does not know all columns of a later version.
  const { world } = await runSchedule(seed, undefined, null, [older])
  const archive = archiveOf(world)
  await writeLedger(archive)
  world.clock += DAY_MS
  const { sha256: anchor } = await writeLedger(archive)
  return { world, archive, anchor }
}

/**
 * Null if there was nothing to damage; otherwise what verify missed, which should be nothing, and whether it
 * detected the damage without a ledger.
 */
async function damageOnce(
  world: World,
  archive: Archive,
  damage: Damage,
  key: string,
  anchor: string,
): Promise<{ missed: string; isKnownWithoutLedger: boolean } | null> {
  const { snapshots, view } = world.storage.stored
  const before = [new Map(snapshots), new Map(view)] as const
  try {
    const damaged = damage.apply({ snapshots, view, random: randomFor(`damage/${key}`) })
    if (damaged === null) return null
    const { faults } = await verifyArchive(archive, { isDeep: key.endsWith('0'), anchor })
    // If the anchor is missing, the fault names the folder of the ledgers.
    const named = faults.filter(({ blob }) =>
      damaged.some((name) => blob === name || (name.startsWith('ledger/') && blob === 'ledger/')),
    )
    const blobs = faults.map(({ blob }) => blob).join(', ')
    return {
      missed: named.length > 0 ? '' : `${damaged.join(', ')} is not among ${blobs}`,
      isKnownWithoutLedger: named.some((found) => !isByLedger(found)),
    }
  } finally {
    restore(snapshots, before[0])
    restore(view, before[1])
  }
}

/** True if the fault was detected by a ledger's digest or by the anchor. */
function isByLedger({ code, message }: Fault): boolean {
  return code === 'ANCHOR_NOT_FOUND' || /^ledger \d|^the next ledger says/.test(message)
}

/** Restores blobs to their earlier state. */
export function restore(blobs: MemoryContainer, before: MemoryContainer): void {
  blobs.clear()
  for (const [name, blob] of before) blobs.set(name, blob)
}
