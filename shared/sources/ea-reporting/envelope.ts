/** Checks the fields beside a page's rows for signs of more pages, or of an error. */
import { ArchiveError } from '../../errors.ts'
import type { Envelope } from '../../rows/body/envelope.ts'

/** Names, as lower-case letters, that other services use for a link to more rows. */
const MORE = new Set([
  'next',
  'nextlink',
  'nextpage',
  'nextpagelink',
  'nexturl',
  'nexturi',
  'nexttoken',
  'nextpagetoken',
  'nextcursor',
  'nextmarker',
  'odatanextlink',
  'continuation',
  'continuationtoken',
  'continuationuri',
  'skiptoken',
  'hasmore',
  'hasnext',
  'hasnextpage',
])

/** Names that servers use for an error, in a body that has nothing else. */
const FAILURE =
  /^(errors?|message|errormessage|exceptionmessage|error_description|code|statuscode)$/i

/**
 * Throws `SOURCE_ERROR` if an answer with status 200 contains an error beside or instead of rows,
 * `ROWS_HIDDEN` if a member that we do not follow contains a link that may lead to more rows, and
 * `ROWS_UNEXPECTED_SHAPE` if there are no rows. `words` sanitizes the source's text.
 */
export function checkEnvelope(
  envelope: Envelope,
  hasRows: boolean,
  words: (text: string) => string,
): void {
  const members = Object.entries(envelope)
  const isFailure = hasRows ? /^errors?$/i : FAILURE
  const failure = members.find(([name, raw]) => isFailure.test(name) && !isNothing(JSON.parse(raw)))
  if (failure !== undefined || !hasRows) {
    const body = words(
      `{${members.map(([name, raw]) => `${JSON.stringify(name)}:${raw}`).join(',')}}`,
    )
    if (failure === undefined) {
      throw new ArchiveError('ROWS_UNEXPECTED_SHAPE', `the body has no "data" with rows: ${body}`)
    }
    throw new ArchiveError(
      'SOURCE_ERROR',
      `the answer has status 200 but its body is an error: ${body}`,
    )
  }
  for (const [name, raw] of members) {
    if (name === 'nextLink') continue
    const found = moreIn(name, JSON.parse(raw))
    if (found !== null) {
      throw new ArchiveError(
        'ROWS_HIDDEN',
        `${words(found)} beside the rows may link to more rows, but only nextLink is followed`,
      )
    }
  }
}

/** The member, with its name, that may lead to more rows; null if there is none. */
function moreIn(name: string, value: unknown): string | null {
  if (typeof value === 'object' && value !== null) {
    for (const [inner, each] of Object.entries(value)) {
      const found = moreIn(Array.isArray(value) ? name : inner, each)
      if (found !== null) return found
    }
    return null
  }
  const isMore = MORE.has(name.toLowerCase().replace(/[^a-z]/g, '')) && !isNothing(value)
  return isMore || (typeof value === 'string' && isLink(name, value))
    ? `${JSON.stringify(name)}: ${JSON.stringify(value)}`
    : null
}

function isLink(name: string, value: string): boolean {
  if (/https?:\/\//i.test(value)) return true
  return /link|next/i.test(name) && /^\S*\?\S/.test(value)
}

/** True for values that programs send to mean "none". */
function isNothing(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0
  return value === null || value === '' || value === false || value === 0
}
