import { ArchiveError } from '../errors.ts'

/** What stands beside the rows in an envelope, each value as its raw JSON text. */
export type Envelope = Record<string, string>

/** Members of an envelope that mean something. */
const KNOWN = ['id', 'data', 'nextLink']

/**
 * Refuses a member that is a known one but for its case, at the byte `at` of the body: a parser that asks for
 * `nextLink` finds no `NextLink`, and takes one page for all of them. So does a known one that stands twice.
 */
export function assertMember(name: string, envelope: Envelope, at: number): void {
  const known = KNOWN.find((each) => each.toLowerCase() === name.toLowerCase())
  if (known === undefined) return
  if (known !== name) {
    throw new ArchiveError(
      'ROWS_HIDDEN',
      `the envelope has ${JSON.stringify(name)} at byte ${at} where ${known} was expected: rows could be missed`,
    )
  }
  if (Object.hasOwn(envelope, name)) {
    throw new ArchiveError(
      'ROWS_HIDDEN',
      `the envelope has ${known} twice, again at byte ${at}: only one of them could be believed`,
    )
  }
}
