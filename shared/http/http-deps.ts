import type { Quota } from '../access/quota.ts'
import type { KeyRing } from '../sources/key-ring.ts'
import type { BlobReader, LinkSigner } from '../storage/ports.ts'
import type { PlaceOf } from '../storage/sound-reader.ts'
import type { Archive } from '../usecases/archive.ts'
import type { Access } from '../usecases/check-access.ts'
import type { ExportDeps } from '../usecases/exports/request-export.ts'
import type { FindPeriods } from '../usecases/find-periods.ts'
import type { FindNewest } from '../usecases/newest-snapshots.ts'

/** What serving over HTTP works with. */
export interface HttpDeps extends ExportDeps {
  readonly archive: Archive
  /** Snapshots, remembering what was read. */
  readonly reader: BlobReader
  /** Which blob to link to for a file: itself, or what a repair put in its place. */
  readonly placeOf: PlaceOf
  readonly newest: FindNewest
  readonly periods: FindPeriods
  readonly access: Access
  readonly sign: LinkSigner
  readonly keyRing: KeyRing
  /** How many answers each caller may have composed. */
  readonly quota: Quota
  readonly now: () => Date
  readonly sleep: (ms: number) => Promise<void>
}
