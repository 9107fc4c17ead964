/** Checks that an object is a row of its dataset, so that an error with status 200 is not archived as one. */
import { ArchiveError } from '../../errors.ts'
import type { RowLayout } from '../row-layout.ts'
import { Kind } from './json-scan.ts'
import type { RowSpans } from './scan-row.ts'

/** How many characters of an error object are shown. */
const SHOWN_CHARS = 300
/** Sanitized before truncation: `words` might not recognize a truncated secret. */
const READ_BYTES = 4_096

/** Members that indicate an error, in any case. */
const ERROR_KEYS = new Set(['"error"', '"errors"', '"message"'])

/**
 * Throws `ROWS_NOT_A_ROW` if the object scanned into `spans` lacks the identifying fields of the dataset, or
 * if it has no known field but an error. `row`: its number, from 1; `words` sanitizes the error's text.
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
  // Other objects are not shown, because they may be anyone's data.
  const shown = (): string => bytes.toString('utf8', start, Math.min(end, start + READ_BYTES))
  const says = isError ? `; it says: ${words(shown()).slice(0, SHOWN_CHARS)}` : ''
  throw new ArchiveError(
    'ROWS_NOT_A_ROW',
    `row ${row} of the answer is not a row of this dataset: ${lacks}; nothing was stored${says}`,
  )
}

function holdsError(bytes: Buffer, { others }: RowSpans): boolean {
  for (let i = 0; i < others.length; i += 4) {
    const key = bytes.toString('latin1', others[i], others[i + 1])
    if (ERROR_KEYS.has(key.toLowerCase())) return true
  }
  return false
}
