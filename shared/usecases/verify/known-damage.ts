/** Looks up files known to be damaged, and their replacements. */
import { LRUCache } from 'lru-cache'
import { ArchiveError } from '../../errors.ts'
import { attemptFileOf, seriesFolder, seriesOf } from '../../format/layout.ts'
import type { Series } from '../../format/series.ts'
import { singleFlight } from '../../single-flight.ts'
import type { StateStore } from '../../storage/ports.ts'
import type { PlaceOf } from '../../storage/sound-reader.ts'
import type { FaultCode } from './fault.ts'
import { lastVerification } from './kept-result.ts'

/** Faults that mean that a file's bytes differ from what its snapshot expects. */
const OF_FILES: readonly string[] = [
  'FILE_MISSING',
  'FILE_ALTERED',
  'FILE_INCONSISTENT',
  'FIELDS_DIFFER',
] satisfies FaultCode[]

/** How many series' results are cached: an entry has a few bytes, except for a damaged series. */
const MAX_SERIES = 10_000

interface Damage {
  /** The reason, by name. */
  readonly damaged: ReadonlyMap<string, string>
  /** The file to read instead, by name. */
  readonly repaired: ReadonlyMap<string, string>
}

/**
 * Resolves the name of a part's file, using the result of the last verification of its series. A result is
 * cached for `ttlMs`. Names of other blobs are returned unchanged.
 */
export function knownDamage(state: Pick<StateStore, 'read'>, ttlMs: number): PlaceOf {
  const known = new LRUCache<string, Damage>({ max: MAX_SERIES, ttl: Math.max(1, ttlMs) })
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
      `${name} is damaged (${why}) and not served: run \`billing-archive repair\``,
    )
  }
}
