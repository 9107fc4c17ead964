import { ArchiveError } from '../../errors.ts'

/** The fields beside the rows in an envelope, each value as its raw JSON text. */
export type Envelope = Record<string, string>

/** Members of an envelope with a meaning. */
const KNOWN = ['id', 'data', 'nextLink']

/**
 * Rejects a member that differs from a known one only in case, at the byte `at` of the body: a parser that
 * looks for `nextLink` ignores `NextLink`, and would take one page for all of them. Also rejects a known
 * member that occurs twice.
 */
export function assertMember(name: string, envelope: Envelope, at: number): void {
  const known = KNOWN.find((each) => each.toLowerCase() === name.toLowerCase())
  if (known === undefined) return
  if (known !== name) {
    throw new ArchiveError(
      'ROWS_HIDDEN',
      `the envelope has ${JSON.stringify(name)} at byte ${at} instead of ${known}: rows could be missed`,
    )
  }
  if (Object.hasOwn(envelope, name)) {
    throw new ArchiveError(
      'ROWS_HIDDEN',
      `the envelope has ${known} twice, again at byte ${at}: it is unclear which one counts`,
    )
  }
}
