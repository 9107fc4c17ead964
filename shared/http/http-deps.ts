import type { Quota } from '../access/quota.ts'
import type { KeyRing } from '../sources/key-ring.ts'
import type { BlobReader, LinkSigner } from '../storage/ports.ts'
import type { PlaceOf } from '../storage/sound-reader.ts'
import type { Access } from '../usecases/access/check-access.ts'
import type { Archive } from '../usecases/archive.ts'
import type { DownloadDeps } from '../usecases/downloads/request-download.ts'
import type { ReportFields } from '../usecases/downloads/rows-file.ts'
import type { FindAnswering } from '../usecases/read/answering-series.ts'
import type { FindPeriods } from '../usecases/read/find-periods.ts'
import type { FindNewest } from '../usecases/read/newest-snapshots.ts'

/** What an operator may tune in HTTP. */
export interface ServingPolicy {
  /** Answers over this size are redirects to blobs with exactly that content. */
  readonly redirectOverBytes: number
  /** The same for JSON of the old routes, most of whose clients follow no redirects. */
  readonly redirectJsonOverBytes: number
  /** Sums and differences over more rows are composed by a worker. */
  readonly waitRows: number
  /** How long a client of the old API, which can't poll, is kept waiting for a file that is being composed. */
  readonly waitMs: number
  /** Origins of web pages that may read answers; `*` allows every origin. */
  readonly corsOrigins: readonly string[]
}

/** Dependencies of the HTTP routes. */
export interface HttpDeps extends DownloadDeps {
  readonly archive: Archive
  readonly serving: ServingPolicy
  /** A caching reader of snapshots. */
  readonly reader: BlobReader
  /** Which blob to link to for a file: the file itself, or its repaired copy. */
  readonly placeOf: PlaceOf
  /** Finds the series that answers; its newest snapshot is found by `newest`. */
  readonly answering: FindAnswering
  readonly newest: FindNewest
  readonly periods: FindPeriods
  readonly access: Access
  readonly sign: LinkSigner
  readonly keyRing: KeyRing
  /** Limits how many answers each caller may have composed. */
  readonly quota: Quota
  readonly reportFields: ReportFields
  readonly now: () => Date
  readonly sleep: (ms: number) => Promise<void>
}
