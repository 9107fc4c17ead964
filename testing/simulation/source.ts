/** A source whose parts are restated while they are fetched, as the simulated world decides. */
import { columnsAt } from '../../shared/datasets/columns-at.ts'
import { ArchiveError } from '../../shared/errors.ts'
import type { RowBatch } from '../../shared/rows/batch/row-batch.ts'
import { rowBuffers } from '../../shared/rows/batch/row-buffers.ts'
import type { Envelope } from '../../shared/rows/body/envelope.ts'
import { jsonReader } from '../../shared/rows/json/read-json.ts'
import { eaReportingDefinition } from '../../shared/sources/ea-reporting/definition.ts'
import type { Page } from '../../shared/sources/ea-reporting/page.ts'
import type { PageFetcher } from '../../shared/sources/ea-reporting/page-requests.ts'
import { pagedParts } from '../../shared/sources/ea-reporting/paged-parts.ts'
import type { BillingPeriod, PartRequest, Source } from '../../shared/sources/source.ts'

/** A version of a part, from some moment on. */
export interface Version {
  /** Changes with every change of the answer, and sometimes without one. */
  readonly etag: string
  /** One text per page. */
  readonly pages: readonly string[]
  readonly from: number
}

/** How the simulated world controls and inspects the source. */
export interface SimulatedSource {
  /** All versions of a part, oldest first. */
  versions(billingPeriod: string, part: string): readonly Version[]
  /** Replaces a part's content from now on. */
  restate(billingPeriod: string, part: string, version: Omit<Version, 'from'>): void
  /** Parts, as `period/part`, that the source no longer has. */
  readonly gone: Set<string>
  /** The source from an actor's view: `call` waits for its turn before each request. */
  asked(call: <T>(label: string, make: () => Promise<T>) => Promise<T>): Source
}

/** Batches by page: pages are few, and a batch can be read any number of times. */
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
    throw new ArchiveError('SOURCE_NOT_FOUND', 'simulated: the source no longer has this part')
  }

  return {
    gone,
    versions: versionsOf,
    restate(billingPeriod, part, version) {
      versionsOf(billingPeriod, part).push({ ...version, from: now() })
    },
    asked(call) {
      /** One page at a time, as the source has it at that moment, whether or not pages fit together. */
      function pagesOf(request: PartRequest): PageFetcher {
        const name = `source ${request.billingPeriod} ${request.part}`
        let begun: Version | null = null
        return ({ url, etag }, counter) => {
          counter.requests++
          const page = Number(new URL(url).searchParams.get('page') ?? '0')
          return call(page === 0 ? name : `${name} page ${page}`, async () => {
            const version = answering(request)
            const isKnown = versionsOf(request.billingPeriod, request.part).some(
              (known) => known.etag === etag,
            )
            if (etag !== null && (faults.isFalse304 ? isKnown : version.etag === etag)) return null
            // The simulated lie: page 1 is unchanged, but later pages are not.
            const isLie = faults.isMixed && page === 0 && begun !== null
            const { pages, etag: tag } = isLie ? (begun as Version) : version
            if (page === 0) begun ??= version
            const text = pages[page]
            if (text === undefined) {
              throw new ArchiveError('SOURCE_NOT_FOUND', 'simulated: this page no longer exists')
            }
            const link = page + 1 < pages.length ? pageUrl(url, page + 1) : null
            return { page: pageOf(batchOf(text, request), link), etag: tag }
          })
        }
      }
      const fetchOf = (request: PartRequest): Source['fetch'] =>
        pagedParts({ endpoint: ENDPOINT, authorized, fetchPage: pagesOf(request) })

      return {
        definition: {
          ...eaReportingDefinition,
          periods: {
            dataset: 'billingperiods',
            parse: () => ({ periods: periods(), skipped: [] }),
          },
        },
        place: ENDPOINT.origin,
        listPeriods: () => call('source list', async () => periods()),
        fetch: (request, ...rest) => fetchOf(request)(request, ...rest),
      }
    },
  }
}

const ENDPOINT = new URL('https://source.invalid')
const authorized = { holdsKey: () => false }

function pageUrl(url: string, page: number): string {
  const next = new URL(url)
  next.searchParams.set('page', String(page))
  return next.href
}

function pageOf(batch: RowBatch | null, link: string | null): Page {
  return {
    async *batches() {
      if (batch !== null) yield batch
    },
    envelope: (): Envelope => (link === null ? {} : { nextLink: JSON.stringify(link) }),
    isWhole: true,
    discard: async () => {},
  }
}

function batchOf(text: string, { dataset, rowsVersion }: PartRequest): RowBatch | null {
  const key = `${dataset.name} ${rowsVersion} ${text}`
  const known = batches.get(key)
  if (known !== undefined) return known
  const { layout } = columnsAt(dataset, rowsVersion)
  const reader = jsonReader(text.startsWith('[') ? 'list' : 'object', layout, buffers)
  reader.push(Buffer.from(text))
  reader.end()
  const batch = copyOf(reader.take())
  if (batches.size >= MAX_BATCHES) batches.clear()
  batches.set(key, batch)
  return batch
}

/** A copy of the batch. */
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
