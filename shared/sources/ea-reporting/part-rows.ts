/** The rows of a part, page by page, with a check that the pages belong together. */
import { ArchiveError } from '../../errors.ts'
import type { Cursor } from '../../format/part-progress.ts'
import type { RowBatch } from '../../rows/batch/row-batch.ts'
import { cutBatch } from '../../rows/blocks/cut-batch.ts'
import type { Envelope } from '../../rows/body/envelope.ts'
import type { RowLayout } from '../../rows/row-layout.ts'
import { endless } from '../http/errors.ts'
import type { Counter } from '../http/retried-request.ts'
import type { SentSecrets } from '../http/sent-secrets.ts'
import type { FetchResult, SourceRows } from '../source.ts'
import type { PageFacts, ResumePoint } from './cursor.ts'
import { expired } from './errors.ts'
import { digestOfPage, type PageDigest, pageDigest } from './page-digest.ts'
import type { Fetched, PageFetcher, PageRequest } from './page-requests.ts'
import { nextPageUrl } from './routes.ts'

/** Where the rows of a part begin or continue, with the page that contains the first of them. */
export interface Start {
  readonly firstUrl: string
  /** The request for the part's pages, without URL and ETag. */
  readonly request: Omit<PageRequest, 'url' | 'etag'>
  readonly first: Fetched
  readonly from: Omit<ResumePoint, 'facts'>
  /** What earlier segments recorded. The validator is that of the part's first page. */
  readonly known: Omit<PageFacts, 'requests'>
  readonly counter: Counter
  readonly signal: AbortSignal
}

export interface PartRowsOptions {
  readonly endpoint: URL
  readonly fetchPage: PageFetcher
  readonly authorized: Pick<SentSecrets, 'holdsKey'>
}

/** Page limit for one segment, which ends after a million rows; pages usually have a thousand. */
const MAX_PAGES = 100_000

/**
 * The rows from an already received page on. To check that the pages belong together, the first page is
 * requested again after several pages, and the digest of its rows must be the same. An unchanged ETag only
 * saves that comparison. If the ETag changed but the rows did not, it is not kept.
 */
export function partRows(options: PartRowsOptions, start: Start): FetchResult {
  const { endpoint, authorized } = options
  const { firstUrl, counter } = start
  let { validator, envelope, firstPageSha256 } = start.known
  const stop = new AbortController()
  const signal = AbortSignal.any([start.signal, stop.signal])

  async function* batches(): AsyncGenerator<SourceRows> {
    let current = start.first
    let { url } = start.from
    let skip: Skip | null = start.from.rowsToSkip === 0 ? null : start.from
    let ahead: Promise<Fetched> | null = null
    const seen = new Set([firstUrl, url])
    try {
      for (;;) {
        const { page } = current
        // A whole page names the next one, which is requested while this one is written.
        let next = page.isWhole ? follow(page.envelope(), url, seen) : null
        if (next !== null) ahead = fetchAhead(next)

        const digest = pageDigest()
        // A batch of a whole page is the whole page, so its digest is computed only on demand.
        const isKept = !page.isWhole || (url === firstUrl && next !== null)
        for await (const rows of rowsOfPage(current, skip, digest, isKept, start.request.layout)) {
          yield { batch: rows.batch, cursor: (end) => cursorIn(url, rows, end) }
        }
        skip = null

        if (!page.isWhole) next = follow(page.envelope(), url, seen)
        if (url === firstUrl) {
          envelope = withoutKeys(page.envelope())
          if (next !== null) firstPageSha256 = digest.value()
        }
        if (next === null) {
          if (url !== firstUrl) await assertFirstPage()
          return
        }
        current = await (ahead ?? fetchAhead(next))
        ahead = null
        url = next
      }
    } finally {
      stop.abort(new Error('the next page is no longer needed'))
      await current.page.discard()
      await ahead?.then(({ page }) => page.discard()).catch(() => {}) // the reason no longer matters
    }
  }

  /** Where to continue after the first `end` rows of some on the page at `url`. */
  function cursorIn(url: string, { firstRow, digestTo }: PageRows, end: number): Cursor {
    const rowsToSkip = firstRow + end
    const skipped = rowsToSkip === 0 ? {} : { skippedSha256: digestTo(end) }
    return { url, rowsToSkip, ...skipped, facts: facts() } satisfies ResumePoint
  }

  function follow(from: Envelope, url: string, seen: Set<string>): string | null {
    const link = nextPageUrl(endpoint, from['nextLink'], url)
    if (link === null) return null
    if (authorized.holdsKey(link)) {
      throw new ArchiveError(
        'SOURCE_BAD_VALUE',
        'nextLink contains the API key and is not followed',
      )
    }
    if (seen.has(link) || seen.size >= MAX_PAGES) throw endless(seen.size)
    seen.add(link)
    return link
  }

  function fetchAhead(url: string): Promise<Fetched> {
    const request = { ...start.request, url, etag: null }
    const page = options.fetchPage(request, counter, signal).catch(expired)
    page.catch(() => {}) // awaited later; prevents an unhandled rejection until then
    return page as Promise<Fetched> // null is returned only for a conditional request
  }

  /**
   * After several pages: checks that the first page's rows are unchanged. Otherwise the pages may not belong
   * together.
   */
  async function assertFirstPage(): Promise<void> {
    const etag = validator?.etag ?? null
    const request = { ...start.request, url: firstUrl, etag }
    const again = await options.fetchPage(request, counter, signal)
    if (again === null) return
    const isSame =
      firstPageSha256 === undefined
        ? again.etag === etag // started by a version that did not keep the digest
        : (await digestOfPage(again.page)) === firstPageSha256
    await again.page.discard()
    if (!isSame) {
      throw new ArchiveError('SOURCE_CHANGED', 'the source changed between two pages')
    }
    if (again.etag !== etag) validator = null
  }

  /** The fields beside the rows go into a manifest, permanently. */
  function withoutKeys({ nextLink: _link, ...beside }: Envelope): Envelope {
    const safe = Object.entries(beside).map(
      ([name, value]) => [name, authorized.holdsKey(value) ? '"[redacted]"' : value] as const,
    )
    return Object.fromEntries(safe)
  }

  function facts(): PageFacts {
    const { requests } = counter
    const first = firstPageSha256 === undefined ? {} : { firstPageSha256 }
    return { validator, envelope, requests, ...first }
  }

  return { kind: 'rows', batches: batches(), facts }
}

/** Some rows of a page. */
interface PageRows {
  readonly batch: RowBatch
  /** How many of the page's rows precede these. */
  readonly firstRow: number
  /** SHA-256 over the lines of the page's rows up to and including row `end` of these. */
  readonly digestTo: (end: number) => string
}

/** Rows of a page that earlier segments contain. */
type Skip = Pick<ResumePoint, 'rowsToSkip' | 'skippedSha256'>

/** The rows of one page, without those already archived, which must be unchanged. */
async function* rowsOfPage(
  { page }: Fetched,
  skip: Skip | null,
  digest: PageDigest,
  isKept: boolean,
  layout: RowLayout,
): AsyncGenerator<PageRows> {
  let firstRow = 0
  let toSkip = skip?.rowsToSkip ?? 0
  for await (const batch of page.batches()) {
    const skipped = Math.min(toSkip, batch.rows)
    toSkip -= skipped
    if (skipped > 0 && toSkip === 0) assertSame(digest.upTo(batch, skipped), skip?.skippedSha256)
    const kept = skipped === 0 ? batch : cutBatch(batch, skipped, batch.rows, layout)
    if (kept !== null) {
      const digestTo = (end: number): string => digest.upTo(batch, skipped + end)
      yield { batch: kept, firstRow: firstRow + skipped, digestTo }
    }
    firstRow += batch.rows
    if (isKept) digest.add(batch)
  }
  if (toSkip > 0) throw new ArchiveError('SOURCE_CHANGED', 'a page has fewer rows than before')
}

function assertSame(sha256: string, expected: string | undefined): void {
  // Segments of a version that did not store the digest are trusted.
  if (expected === undefined || sha256 === expected) return
  throw new ArchiveError(
    'SOURCE_CHANGED',
    'rows that are already archived have changed at the source',
  )
}
