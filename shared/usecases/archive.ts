import type { Catalogue } from '../datasets/catalogue.ts'
import type { Log } from '../log.ts'
import type { EncoderSlot } from '../outputs/parquet/encoder-slot.ts'
import type { DeflateBlock } from '../rows/blocks/gzip-blocks.ts'
import type { Inflate } from '../rows/blocks/inflate.ts'
import type { Slots } from '../rows/bytes/slots.ts'
import type { TextPool } from '../rows/bytes/text-pool.ts'
import type { Source } from '../sources/source.ts'
import type { MessageQueue, SnapshotStore, StateStore, ViewStore } from '../storage/ports.ts'
import type { Policy } from './policy.ts'

/** Dependencies of the archive's use cases. Each use case takes only those that it needs. */
export interface Archive {
  readonly policy: Policy
  /** The enrollments that are archived. */
  readonly enrollments: readonly string[]
  /** The datasets that this program knows. */
  readonly catalogue: Catalogue
  /** In the order in which they answer for what several of them have. */
  readonly sources: readonly Source[]
  readonly snapshots: SnapshotStore
  readonly state: StateStore
  readonly view: ViewStore
  readonly queue: MessageQueue
  /** Memory shared by the parts being archived. */
  readonly texts: TextPool
  /** For parts that are cut into slices, which need more memory than others. */
  readonly sliceSlots: Slots
  /** Encodes the view's Parquet. */
  readonly encoder: EncoderSlot
  /** Work for the thread pool. */
  readonly deflate: DeflateBlock
  readonly inflate: Inflate
  readonly log: Log
  /** Returns a new random id of hex digits, as archive format 1 uses in names. */
  readonly newId: () => string
  /** The day that decides what is due, `yyyy-MM-dd`. Not a clock that writers compare. */
  readonly businessDay: () => string
  /** A monotonic clock in milliseconds, for durations. */
  readonly elapsedMs: () => number
  /** The writer that manifests name. */
  readonly writer: { readonly name: string; readonly version: string }
}
