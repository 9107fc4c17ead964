/** A source whose parts are restated under the archive's feet, as the simulated world decides. */
import { layoutOf } from '../../shared/datasets/catalogue.ts'
import type { Dataset } from '../../shared/datasets/dataset.ts'
import { ArchiveError } from '../../shared/errors.ts'
import type { RowBatch } from '../../shared/rows/row-batch.ts'
import { rowBuffers } from '../../shared/rows/row-buffers.ts'
import { sliceBatch } from '../../shared/rows/slice-batch.ts'
import { transcoder } from '../../shared/rows/transcode.ts'
import type { AnswerFacts } from '../../shared/snapshots/part-progress.ts'
import type { BillingPeriod, PartAnswer, PartRequest, Source } from '../../shared/sources/source.ts'

/** What a part said from some moment on. */
export interface Version {
  /** Changes whenever the answer does, and sometimes when it does not. */
  readonly etag: string
  /** One text a page. */
  readonly pages: readonly string[]
  readonly from: number
}

/** How the world reaches the source, and what it knows of it. */
export interface SimulatedSource {
  /** Every version of a part, oldest first. */
  versions(billingPeriod: string, part: string): readonly Version[]
  /** Says something else from now on. */
  restate(billingPeriod: string, part: string, version: Omit<Version, 'from'>): void
  /** Parts, as `period/part`, that the source does not have any more. */
  readonly gone: Set<string>
  /** The source as an actor asks it: `call` is its turn for each request. */
  asked(call: <T>(label: string, make: () => Promise<T>) => Promise<T>): Source
}

const KIND = 'ea-reporting'
const API_VERSION = 'v3'

/** Batches by page: pages are few, and the same batch may be read any number of times. */
const batches = new Map<string, RowBatch | null>()
const MAX_BATCHES = 2_000
const buffers = rowBuffers()

export function simulatedSource(
  now: () => number,
  periods: () => BillingPeriod[],
  first: (part: string) => Omit<Version, 'from'>,
  faults: { readonly isMixed: boolean; readonly isFalse304: boolean },
): SimulatedSource {
  const parts = new Map<string, Version[]>()
  const versionsOf = (billingPeriod: string, part: string): Version[] => {
    const key = `${billingPeriod}/${part}`
    const found = parts.get(key)
    if (found !== undefined) return found
    const made = [{ ...first(part), from: 0 }]
    parts.set(key, made)
    return made
  }
  const current = ({ billingPeriod, part }: PartRequest): Version =>
    versionsOf(billingPeriod, part).at(-1) as Version

  const gone = new Set<string>()
  const answering = (request: PartRequest): Version => {
    if (!gone.has(`${request.billingPeriod}/${request.part}`)) return current(request)
    throw new ArchiveError('SOURCE_NOT_FOUND', 'simulated: the source has no such part any more')
  }

  return {
    gone,
    versions: versionsOf,
    restate(billingPeriod, part, version) {
      versionsOf(billingPeriod, part).push({ ...version, from: now() })
    },
    asked(call) {
      function rows(request: PartRequest, begun: Version, from: Position): PartAnswer {
        const { facts } = from
        const { dataset } = request
        const layout = layoutOf(dataset, dataset.rowsVersion)
        async function* all() {
          for (let page = from.page; page < begun.pages.length; page++) {
            if (page > from.page) await call(`source page ${page}`, async () => null)
            if (current(request) !== begun && !faults.isMixed) {
              throw new ArchiveError('SOURCE_CHANGED', 'restated between two pages')
            }
            const skip = page === from.page ? from.rowsToSkip : 0
            const pages = faults.isMixed ? current(request).pages : begun.pages
            const whole = batchOf(pages[page] ?? '[]', dataset)
            const batch =
              whole === null || skip === 0 ? whole : sliceBatch(whole, skip, whole.rows, layout)
            if (batch !== null) yield { batch, url: String(page), firstRow: skip }
          }
        }
        return { kind: 'rows', batches: all(), facts: () => facts }
      }

      return {
        kind: KIND,
        apiVersion: API_VERSION,
        listBillingPeriods: () => call('source list', async () => periods()),
        parseBillingPeriods: () => ({ periods: periods(), skipped: [] }),
        fetchPart: (request, validator) =>
          call(`source ${request.billingPeriod} ${request.part}`, async () => {
            const begun = answering(request)
            const known = versionsOf(request.billingPeriod, request.part)
            const isKnown = known.some(({ etag }) => etag === validator?.etag)
            const isSame = faults.isFalse304 ? isKnown : validator?.etag === begun.etag
            if (isSame) return { kind: 'unchanged', requests: 1 }
            const { rowsVersion } = request.dataset
            const tag = { url: 'first', etag: begun.etag, apiVersion: API_VERSION, rowsVersion }
            const facts = { validator: tag, envelope: {}, requests: 1 }
            return rows(request, begun, { page: 0, rowsToSkip: 0, facts })
          }),
        resumePart: (request, { url, rowsToSkip, facts }) =>
          call(`source ${request.part} goes on`, async () => {
            const begun = answering(request)
            if (facts.validator?.etag !== begun.etag) {
              throw new ArchiveError('SOURCE_CHANGED', 'restated between two segments')
            }
            return rows(request, begun, { page: Number(url), rowsToSkip, facts })
          }),
      }
    },
  }
}

interface Position {
  readonly page: number
  readonly rowsToSkip: number
  readonly facts: AnswerFacts
}

function batchOf(text: string, dataset: Dataset): RowBatch | null {
  const key = `${dataset.name} ${dataset.rowsVersion} ${text}`
  const known = batches.get(key)
  if (known !== undefined) return known
  const layout = layoutOf(dataset, dataset.rowsVersion)
  const reader = transcoder(text.startsWith('[') ? 'list' : 'object', layout, buffers)
  reader.push(Buffer.from(text))
  reader.end()
  const batch = copyOf(reader.take())
  if (batches.size >= MAX_BATCHES) batches.clear()
  batches.set(key, batch)
  return batch
}

/** The batch in memory of its own. */
function copyOf(batch: RowBatch | null): RowBatch | null {
  if (batch === null) return null
  const { lines, lineEnds, csv, dates } = batch
  return {
    ...batch,
    lines: Buffer.from(lines),
    lineEnds: lineEnds.slice(),
    csv: Buffer.from(csv),
    dates: dates.slice(),
  }
}
