/** Writes the state of a series. */
import { planName } from '../../format/layout.ts'
import { type SeriesState, stateBytes } from '../../format/series-state.ts'
import type { StateStore } from '../../storage/ports.ts'
import { readState } from './read-state.ts'

/**
 * Writes a series' state if `etag` still matches (null: if there is none). Returns the new ETag, or null if
 * another writer was faster. A retry of a write whose answer was lost looks like a conflict, so a conflict is
 * resolved by reading back: our own bytes mean success.
 */
export async function writeState(
  archive: { readonly state: StateStore },
  next: SeriesState,
  etag: string | null,
): Promise<string | null> {
  const bytes = stateBytes(next)
  const written = await archive.state.write(planName(next.series), bytes, etag)
  if (written !== null) return written
  const found = await readState(archive.state, next.series)
  return found.state !== null && stateBytes(found.state).equals(bytes) ? found.etag : null
}
