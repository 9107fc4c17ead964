import type { BillingPeriod } from '../../shared/sources/source.ts'
import type { Archive } from '../../shared/usecases/archive.ts'
import { archiveInMemory, atOnce, memoryPolicy } from './archive-in-memory.ts'
import type { MemoryStorage } from './memory-storage.ts'
import { memoryStorage } from './memory-storage.ts'
import { type SimulatedSource, simulatedSource } from './source.ts'

/** An archive in memory with one user, on a test's clock and day. */
export interface QuietArchive {
  readonly storage: MemoryStorage
  readonly source: SimulatedSource
  readonly archive: Archive
}

export function quietArchive(
  now: () => number,
  businessDay: string,
  periods: readonly BillingPeriod[],
  page: string,
): QuietArchive {
  let ids = 0
  const storage = memoryStorage(now)
  const source = simulatedSource(
    now,
    () => [...periods],
    () => ({ etag: '"1"', pages: [page] }),
    { isMixed: false, isFalse304: false },
  )
  const archive = archiveInMemory({
    storage,
    source,
    call: atOnce,
    policy: memoryPolicy,
    enrollments: ['100'],
    newId: () => String(++ids).padStart(32, '0'),
    businessDay: () => businessDay,
    elapsedMs: now,
    version: '1',
  })
  return { storage, source, archive }
}
