/** The rows of a part, page by page, and whether its pages fit together. */
import { ArchiveError } from '../../errors.ts'
import type { Envelope } from '../../rows/envelope.ts'
import type { RowLayout } from '../../rows/row-layout.ts'
import { sliceBatch } from '../../rows/slice-batch.ts'
import type { AnswerFacts, ResumePoint } from '../../snapshots/part-progress.ts'
import type { PartAnswer, SourceRows } from '../source.ts'
import type { AuthorizedGet } from './authorized-get.ts'
import { endless, expired } from './errors.ts'
import { digestOfPage, type PageDigest, pageDigest } from './page-digest.ts'
import type { Counter, Fetched, PageFetcher, PageRequest } from './page-requests.ts'
import { nextPageUrl } from './routes.ts'

/** Where the rows of a part begin, or go on, with the page that holds the first of them. */
export interface Start {
  readonly firstUrl: string
  /** How the part's pages are asked for, but for their URL and tag. */
  readonly request: Omit<PageRequest, 'url' | 'etag'>
  readonly first: Fetched
  readonly from: Omit<ResumePoint, 'facts'>
  /** What earlier segments know. The validator is that of the part's first page. */
  readonly known: Omit<AnswerFacts, 'requests'>
  readonly counter: Counter
  readonly signal: AbortSignal
}

export interface PartRowsOptions {
  readonly endpoint: URL
  readonly fetchPage: PageFetcher
  readonly authorized: Pick<AuthorizedGet, 'holdsKey'>
}

/** Pages of one segment; it ends after a million rows, and pages mostly have a thousand. */
const MAX_PAGES = 100_000

/**
 * The rows from a page on that is there already. What decides whether pages fit together is the digest of the
 * first one's rows: after several pages it is asked for again. A tag only saves the work, where it is still
 * the same; one that has changed though no row did stands for nothing, and is not kept.
 */
export function partRows(options: PartRowsOptions, start: Start): PartAnswer {
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
        // A page that is here whole names the next one, which is requested while this is written.
        let next = page.isWhole ? follow(page.envelope(), url, seen) : null
        if (next !== null) ahead = fetchAhead(next)

        const digest = pageDigest()
        // One batch is all of a whole page, so its digest is made only where it is asked for.
        const isKept = !page.isWhole || (url === firstUrl && next !== null)
        yield* rowsOfPage(current, url, skip, digest, isKept, start.request.layout)
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
      stop.abort(new Error('nobody wants the next page any more'))
      await current.page.discard()
      await ahead?.then(({ page }) => page.discard()).catch(() => {}) // why it failed concerns nobody now
    }
  }

  function follow(from: Envelope, url: string, seen: Set<string>): string | null {
    const link = nextPageUrl(endpoint, from['nextLink'], url)
    if (link === null) return null
    if (authorized.holdsKey(link)) {
      throw new ArchiveError('SOURCE_BAD_VALUE', 'nextLink holds the API key: not followed')
    }
    if (seen.has(link) || seen.size >= MAX_PAGES) throw endless(seen.size)
    seen.add(link)
    return link
  }

  function fetchAhead(url: string): Promise<Fetched> {
    const request = { ...start.request, url, etag: null }
    const page = options.fetchPage(request, counter, signal).catch(expired)
    page.catch(() => {}) // awaited later; until then nobody listens
    return page as Promise<Fetched> // null only answers a tag
  }

  /** After several pages: are the first one's rows still what they were? Otherwise pages may not fit together. */
  async function assertFirstPage(): Promise<void> {
    const etag = validator?.etag ?? null
    const request = { ...start.request, url: firstUrl, etag }
    const again = await options.fetchPage(request, counter, signal)
    if (again === null) return
    const isSame =
      firstPageSha256 === undefined
        ? again.etag === etag // begun by a version that did not keep the digest
        : (await digestOfPage(again.page)) === firstPageSha256
    await again.page.discard()
    if (!isSame) {
      throw new ArchiveError('SOURCE_CHANGED', 'the source changed between two pages')
    }
    if (again.etag !== etag) validator = null
  }

  /** What stands beside the rows goes into a manifest, for good. */
  function withoutKeys({ nextLink: _link, ...beside }: Envelope): Envelope {
    const safe = Object.entries(beside).map(
      ([name, value]) => [name, authorized.holdsKey(value) ? '"[redacted]"' : value] as const,
    )
    return Object.fromEntries(safe)
  }

  return {
    kind: 'rows',
    batches: batches(),
    facts: () => ({
      validator,
      envelope,
      requests: counter.requests,
      ...(firstPageSha256 === undefined ? {} : { firstPageSha256 }),
    }),
  }
}

/** Rows of a page that stand in earlier segments. */
type Skip = Pick<ResumePoint, 'rowsToSkip' | 'skippedSha256'>

/** The rows of one page, without those that were taken before, which must be the same. */
async function* rowsOfPage(
  { page }: Fetched,
  url: string,
  skip: Skip | null,
  digest: PageDigest,
  isKept: boolean,
  layout: RowLayout,
): AsyncGenerator<SourceRows> {
  let firstRow = 0
  let toSkip = skip?.rowsToSkip ?? 0
  for await (const batch of page.batches()) {
    const skipped = Math.min(toSkip, batch.rows)
    toSkip -= skipped
    if (skipped > 0 && toSkip === 0) assertSame(digest.upTo(batch, skipped), skip?.skippedSha256)
    const kept = skipped === 0 ? batch : sliceBatch(batch, skipped, batch.rows, layout)
    if (kept !== null) {
      const digestTo = (end: number): string => digest.upTo(batch, skipped + end)
      yield { batch: kept, url, firstRow: firstRow + skipped, digestTo }
    }
    firstRow += batch.rows
    if (isKept) digest.add(batch)
  }
  if (toSkip > 0) throw new ArchiveError('SOURCE_CHANGED', 'a page has fewer rows than before')
}

function assertSame(sha256: string, expected: string | undefined): void {
  // Segments of a version that did not keep it are believed.
  if (expected === undefined || sha256 === expected) return
  throw new ArchiveError('SOURCE_CHANGED', 'rows that are archived have changed at the source')
}
