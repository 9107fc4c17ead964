/** Fetches a part from a scripted source, and counts the shared memory still in use. */
import { ArchiveError } from '../../shared/errors.ts'
import { rowBufferPool } from '../../shared/rows/batch/row-buffers.ts'
import { type TextPool, textPool } from '../../shared/rows/bytes/text-pool.ts'
import type { EaReportingOptions } from '../../shared/sources/ea-reporting/ea-reporting.ts'
import type { SnapshotStore } from '../../shared/storage/ports.ts'
import { fetchPart } from '../../shared/usecases/fetch/fetch-part.ts'
import { type Answer, page, type Script, scripted } from '../sources/scripted-source.ts'
import { openPlan, scriptedArchive } from './scripted-archive.ts'

export const never = new AbortController().signal
export const ROWS = Array.from({ length: 1_500 }, (_, i) => i)

/** A pool of texts that counts those in use. */
export function countedTexts(): TextPool & { taken(): number } {
  const pool = textPool()
  let taken = 0
  return {
    take() {
      taken++
      return pool.take()
    },
    give(text) {
      taken--
      pool.give(text)
    },
    discard(count) {
      taken -= count
      pool.discard(count)
    },
    isScarce: pool.isScarce,
    taken: () => taken,
  }
}

export interface Outcome {
  readonly code: string
  readonly inUse: { readonly pages: number; readonly texts: number; readonly bodies: number }
}

/** Fetches a part with the use case and the real source, and checks what is still in use. */
export async function outcomeOf(
  script: Script,
  overrides: Partial<EaReportingOptions> = {},
  signal: AbortSignal = never,
  wrap: (store: SnapshotStore) => SnapshotStore = (store) => store,
): Promise<Outcome> {
  const pool = rowBufferPool(2)
  const { source, openBodies } = scripted(script, { pool, ...overrides })
  const texts = countedTexts()
  const quiet = scriptedArchive(source, { texts })
  const archive = { ...quiet, snapshots: wrap(quiet.snapshots) }
  const before = { state: null, etag: null, at: new Date(0) }
  const code = await fetchPart(
    archive,
    { open: openPlan, part: 'all', before },
    signal,
    archive.log,
  ).then(
    ({ kind }) => kind,
    (error: unknown) => (error instanceof ArchiveError ? error.code : String(error)),
  )
  return { code, inUse: { pages: pool.taken(), texts: texts.taken(), bodies: openBodies() } }
}

/** Page 1 has rows and a link; `second` is the next page. */
export function behindOnePage(second: (number: number) => Answer | null, link = '?p=2'): Script {
  return ({ url }, number) =>
    url.searchParams.has('p') ? second(number) : { body: page(ROWS, link) }
}

export function throwing(error: Error): never {
  throw error
}
