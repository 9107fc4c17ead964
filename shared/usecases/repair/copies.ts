/** A file of the archive as it lies somewhere else, or as it was. Whether it is sound, its digest tells. */
export interface Copy {
  /** Where, in words: `version 2026-…`, `./evidence`. */
  readonly from: string
  readonly bytes: () => AsyncIterable<Buffer>
}

/** Gives the copies that there are of a file, by its name in `billing-snapshots`. */
export type FindCopies = (name: string) => AsyncIterable<Copy>
