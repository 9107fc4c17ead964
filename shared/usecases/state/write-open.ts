import { hasCode } from '../../errors.ts'
import { planName } from '../../format/layout.ts'
import { type OpenState, stateBytes } from '../../format/series-state.ts'
import type { Archive } from '../archive.ts'
import { readState } from './read-state.ts'

/** Writes an open plan if `etag` still matches; returns its new ETag, or null if another writer was faster. */
export async function writeOpen(
  archive: Pick<Archive, 'state'>,
  open: OpenState,
  etag: string | null,
): Promise<string | null> {
  try {
    return await archive.state.write(planName(open.series), stateBytes(open), etag)
  } catch (error) {
    if (!hasCode(error, 'CONDITION_NOT_MET')) throw error
    const found = await readState(archive.state, open.series)
    const isOurs = found.state?.status === 'open' && found.state.plan.id === open.plan.id
    return isOurs && stateBytes(open).equals(stateBytes(found.state)) ? found.etag : null
  }
}
