/** An archive for one case: storage in memory, a source over HTTP with the real client, two enrollments. */

import { readConfig } from '../../shared/config.ts'
import { catalogue } from '../../shared/datasets/catalogue.ts'
import { jsonLog } from '../../shared/log.ts'
import { encoderSlot } from '../../shared/outputs/parquet/encoder-slot.ts'
import { policyOf } from '../../shared/policies.ts'
import { rowBufferPool } from '../../shared/rows/batch/row-buffers.ts'
import { deflateBlock } from '../../shared/rows/blocks/gzip-blocks.ts'
import { inflate } from '../../shared/rows/blocks/inflate.ts'
import { slots } from '../../shared/rows/bytes/slots.ts'
import { textPool } from '../../shared/rows/bytes/text-pool.ts'
import { eaReporting } from '../../shared/sources/ea-reporting/ea-reporting.ts'
import type { HttpClient } from '../../shared/sources/http/http-client.ts'
import type { Archive } from '../../shared/usecases/archive.ts'
import { type MemoryStorage, memoryStorage } from '../../testing/simulation/memory-storage.ts'
import { type PayloadCase } from './payload-case.ts'
import { CASE_ENROLLMENT, NEIGHBOUR, type PayloadServer } from './payload-server.ts'

const SETTLED_ON = '2017-06-15'
const OPEN_ON = '2017-04-03'
/** Number of pages in memory. */
const PAGES = 2

/** An archive for a case. */
export interface Bench {
  readonly archive: Archive
  readonly storage: MemoryStorage
  readonly lines: readonly string[]
  /** Advances the clock. */
  pass(ms: number): void
}

export function makeBench(one: PayloadCase, server: PayloadServer, http: HttpClient): Bench {
  let now = Date.parse(`${one.isOpen === true ? OPEN_ON : SETTLED_ON}T03:00:00Z`)
  let elapsed = 0
  let ids = 0
  const storage = memoryStorage(() => now)
  const lines: string[] = []
  const log = jsonLog((_level, line) => lines.push(line))
  const config = readConfig({
    ENROLLMENTS: `${CASE_ENROLLMENT},${NEIGHBOUR}`,
    KEY_VAULT_URI: 'https://vault.invalid',
    ARCHIVE_STORAGE__blobServiceUri: 'https://blob.invalid',
    ARCHIVE_STORAGE__queueServiceUri: 'https://queue.invalid',
    EA_REPORTING_ENDPOINT: server.origin,
    RECHECK_DAYS: '0',
    SHRINK_ALERT: '100',
    RETRY_TRIES: '3',
    SEGMENT_ROWS: String(one.segmentRows ?? 1_000_000),
  })
  const keys = async (): Promise<readonly string[]> => [server.key]
  const source = eaReporting({
    endpoint: config.EA_REPORTING_ENDPOINT,
    http,
    keyRing: { keys, reread: keys },
    retry: { tries: 3, baseMs: 1, capMs: 1, budgetMs: config.RETRY_BUDGET_SECONDS * 1_000 },
    pageBytes: config.PAGE_BYTES,
    pool: rowBufferPool(PAGES),
    log,
    now: () => new Date(now),
    elapsedMs: () => elapsed,
    random: () => 0.5,
    // No waiting: the clock is advanced.
    sleep: async (ms) => {
      elapsed += ms
    },
  })
  const archive: Archive = {
    policy: policyOf(config),
    enrollments: config.ENROLLMENTS,
    catalogue,
    sources: [source],
    ...storage,
    texts: textPool(),
    sliceSlots: slots(1),
    encoder: encoderSlot(),
    deflate: deflateBlock,
    inflate,
    log,
    newId: () => String(++ids).padStart(32, '0'),
    elapsedMs: () => elapsed,
    businessDay: () => (one.isOpen === true ? OPEN_ON : new Date(now).toISOString().slice(0, 10)),
    writer: { name: 'billing-archive', version: 'payloads' },
  }
  return {
    archive,
    storage,
    lines,
    pass(ms) {
      now += ms
      elapsed += ms
    },
  }
}
