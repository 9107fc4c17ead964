/** What makes an object a row of its dataset: an error that came under 200 must not pass for one. */
import { ArchiveError } from '../errors.ts'
import { Kind } from './json-scan.ts'
import type { RowLayout } from './row-layout.ts'
import type { RowSpans } from './scan-row.ts'

/** What is shown of an object that holds an error: enough for a person, whatever it drags along. */
const SHOWN_CHARS = 300
/** Before `words` sees it: a secret that the end cuts in two might not be known as one. */
const READ_BYTES = 4_096

/** Members that tell of a failure, in whatever case. */
const ERROR_KEYS = new Set(['"error"', '"errors"', '"message"'])

/**
 * Throws `ROWS_NOT_A_ROW` if the object that was scanned into `spans` lacks what every row of the dataset
 * has, or if it holds nothing that the dataset knows, but an error. `row`: its number, from 1; `words` makes
 * what the error says fit to be told.
 */
export function assertRow(
  bytes: Buffer,
  start: number,
  end: number,
  spans: RowSpans,
  { identity, columns }: RowLayout,
  { row, words }: { readonly row: number; readonly words: (text: string) => string },
): void {
  const isSaid = (column: number): boolean => (spans.values[column * 3 + 2] as number) > Kind.null
  const missing = identity.filter((group) => !group.some(isSaid))
  const isError = holdsError(bytes, spans)
  if (missing.length === 0 && !(isError && !columns.some((_, column) => isSaid(column)))) return
  const names = missing.map((group) => group.map((column) => columns[column]?.name).join(' or '))
  const lacks = names.length > 0 ? `it has no ${names.join(', and no ')}` : 'it has no known field'
  // Of what is no error nothing is shown: it may be anybody's data.
  const shown = (): string => bytes.toString('utf8', start, Math.min(end, start + READ_BYTES))
  const says = isError ? `; it says: ${words(shown()).slice(0, SHOWN_CHARS)}` : ''
  throw new ArchiveError(
    'ROWS_NOT_A_ROW',
    `row ${row} of the answer is no row: ${lacks}; nothing was stored${says}`,
  )
}

function holdsError(bytes: Buffer, { others }: RowSpans): boolean {
  for (let i = 0; i < others.length; i += 4) {
    const key = bytes.toString('latin1', others[i], others[i + 1])
    if (ERROR_KEYS.has(key.toLowerCase())) return true
  }
  return false
}
