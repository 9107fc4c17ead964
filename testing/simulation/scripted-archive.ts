/** The use cases on storage in memory, with a source defined by the test. */

import { catalogue } from '../../shared/datasets/catalogue.ts'
import { usageDetails } from '../../shared/datasets/usage-details.ts'
import { planName } from '../../shared/format/layout.ts'
import { type OpenState, stateBytes } from '../../shared/format/series-state.ts'
import { encoderSlot } from '../../shared/outputs/parquet/encoder-slot.ts'
import { deflateBlock } from '../../shared/rows/blocks/gzip-blocks.ts'
import { inflate } from '../../shared/rows/blocks/inflate.ts'
import { slots } from '../../shared/rows/bytes/slots.ts'
import { textPool } from '../../shared/rows/bytes/text-pool.ts'
import type { Source } from '../../shared/sources/source.ts'
import type { Archive } from '../../shared/usecases/archive.ts'
import { memoryPolicy } from './archive-in-memory.ts'
import { memoryStorage } from './memory-storage.ts'

const TIME = '2017-04-05T00:00:00.000Z'

/** A month of usage details to fetch as a whole. */
export const openPlan: OpenState = {
  format: 'billing-archive-state/1',
  series: {
    source: 'ea-reporting',
    dataset: 'usagedetails',
    enrollment: '100',
    billingPeriod: '201704',
  },
  outcomes: [],
  status: 'open',
  base: {},
  plan: {
    id: '1'.repeat(32),
    parts: ['all'],
    settled: true,
    rowsVersion: usageDetails.rowsVersion,
    apiVersion: 'v3',
    openedAt: TIME,
    freshAfter: TIME,
    deadline: '2017-04-06T00:00:00.000Z',
    sentAt: TIME,
    shrunk: null,
  },
}

/** The message of the plan's only part. */
export const partMessage = { series: openPlan.series, planId: openPlan.plan.id, part: 'all' }

/** An empty archive in memory. */
export function scriptedArchive(source: Source, overrides: Partial<Archive> = {}): Archive {
  const log: Archive['log'] = { debug() {}, info() {}, warn() {}, error() {}, with: () => log }
  let ids = 0
  return {
    ...memoryStorage(() => Date.parse(TIME)),
    policy: memoryPolicy,
    enrollments: ['100'],
    sources: [source],
    catalogue,
    texts: textPool(),
    sliceSlots: slots(1),
    encoder: encoderSlot(),
    deflate: deflateBlock,
    inflate,
    log,
    newId: () => String(++ids).padStart(32, '0'),
    businessDay: () => '2017-04-05',
    elapsedMs: () => 0,
    writer: { name: 'test', version: '1' },
    ...overrides,
  }
}

/** Opens the plan in an archive. */
export async function openIn(archive: Archive): Promise<void> {
  await archive.state.write(planName(openPlan.series), stateBytes(openPlan), null, {})
}
