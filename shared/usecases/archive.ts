import type { Config } from '../config.ts'
import type { Catalogue } from '../datasets/catalogue.ts'
import type { Log } from '../log.ts'
import type { DeflateBlock } from '../rows/gzip-blocks.ts'
import type { TextPool } from '../rows/text-pool.ts'
import type { Source } from '../sources/source.ts'
import type { MessageQueue, SnapshotStore, StateStore, ViewStore } from '../storage/ports.ts'

/** What the archive's use cases work with. Each takes only those that it needs. */
export interface Archive {
  readonly config: Config
  /** The datasets that this program knows. */
  readonly catalogue: Catalogue
  readonly source: Source
  readonly snapshots: SnapshotStore
  readonly state: StateStore
  readonly view: ViewStore
  readonly queue: MessageQueue
  /** Memory that the parts archived at the same time share. */
  readonly texts: TextPool
  /** Work for the thread pool. */
  readonly deflate: DeflateBlock
  readonly log: Log
  /** A fresh random id, as archive format 1 has them in names: hex digits. */
  readonly newId: () => string
  /** The day that decides what is due, `yyyy-MM-dd`. Not a clock that writers compare. */
  readonly businessDay: () => string
  /** Milliseconds of a clock that never goes back, for durations. */
  readonly elapsedMs: () => number
  /** What manifests name as their writer. */
  readonly writer: { readonly name: string; readonly version: string }
}
