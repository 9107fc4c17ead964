/** A copy or an older version of a file in the archive. Its digest decides whether it is intact. */
export interface Copy {
  /** Where it was found, in words: `version 2026-…`, `./evidence`. */
  readonly from: string
  readonly bytes: () => AsyncIterable<Buffer>
}

/** Finds the copies of a file, by its name in `billing-snapshots`. */
export type FindCopies = (name: string) => AsyncIterable<Copy>
