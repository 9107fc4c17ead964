/** Which files are known to be damaged, and what stands in for them. */
import { LRUCache } from 'lru-cache'
import { ArchiveError } from '../../errors.ts'
import { singleFlight } from '../../single-flight.ts'
import { attemptFileOf, seriesFolder, seriesOf } from '../../snapshots/layout.ts'
import type { Series } from '../../snapshots/series.ts'
import type { StateStore } from '../../storage/ports.ts'
import type { PlaceOf } from '../../storage/sound-reader.ts'
import type { FaultCode } from './fault.ts'
import { lastVerification } from './kept-result.ts'

/** Faults that say that the bytes of a file are not those that its snapshot stands for. */
const OF_FILES: readonly string[] = [
  'FILE_MISSING',
  'FILE_ALTERED',
  'FILE_INCONSISTENT',
  'FIELDS_DIFFER',
] satisfies FaultCode[]

/** Series whose results are remembered: an entry is a few bytes, but for the rare one that is damaged. */
const MAX_SERIES = 10_000

interface Damage {
  /** Why, by name. */
  readonly damaged: ReadonlyMap<string, string>
  /** What to read instead, by name. */
  readonly repaired: ReadonlyMap<string, string>
}

/**
 * Where to read a file of a part: what the last verification of its series found. A result is believed for
 * `believedMs`. Names of other blobs are given back as they are.
 */
export function knownDamage(state: Pick<StateStore, 'read'>, believedMs: number): PlaceOf {
  const known = new LRUCache<string, Damage>({ max: MAX_SERIES, ttl: Math.max(1, believedMs) })
  const once = singleFlight()

  async function damageOf(series: Series): Promise<Damage> {
    const key = seriesFolder(series)
    return (
      known.get(key) ??
      once(key, async () => {
        const result = await lastVerification({ state }, series)
        const ofFiles = (result?.faults ?? []).filter(({ code }) => OF_FILES.includes(code))
        const damage = {
          damaged: new Map(ofFiles.map(({ blob, message }) => [blob, message])),
          repaired: new Map((result?.repaired ?? []).map((one) => [one.path, one.with])),
        }
        known.set(key, damage)
        return damage
      })
    )
  }

  return async (name) => {
    const series = attemptFileOf(name) === null ? null : seriesOf(name)
    if (series === null) return name
    const { damaged, repaired } = await damageOf(series)
    const instead = repaired.get(name)
    if (instead !== undefined) return instead
    const why = damaged.get(name)
    if (why === undefined) return name
    throw new ArchiveError(
      'FILE_DAMAGED',
      `${name} is damaged (${why}), so nothing of it is given: \`billing-archive repair\` restores it where it can`,
    )
  }
}
