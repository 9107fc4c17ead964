import type { Quota } from '../access/quota.ts'
import type { KeyRing } from '../sources/key-ring.ts'
import type { BlobReader, LinkSigner } from '../storage/ports.ts'
import type { PlaceOf } from '../storage/sound-reader.ts'
import type { Access } from '../usecases/access/check-access.ts'
import type { Archive } from '../usecases/archive.ts'
import type { DownloadDeps } from '../usecases/downloads/request-download.ts'
import type { ReportFields } from '../usecases/downloads/rows-file.ts'
import type { FindPeriods } from '../usecases/read/find-periods.ts'
import type { FindNewest } from '../usecases/read/newest-snapshots.ts'

/** Dependencies of the HTTP routes. */
export interface HttpDeps extends DownloadDeps {
  readonly archive: Archive
  /** A caching reader of snapshots. */
  readonly reader: BlobReader
  /** Which blob to link to for a file: the file itself, or its repaired copy. */
  readonly placeOf: PlaceOf
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
