import { ArchiveError } from '../../errors.ts'
import { CLOSE_BRACKET } from '../scan/json-bytes.ts'

/**
 * Where the rows are in a body: `list`, an array of rows, bare or as `data` of an envelope; `object`, the
 * body is the one row, bare or in an array.
 */
export type BodyShape = 'list' | 'object'

/** The body ends before its JSON does. */
export function cut(at: number): ArchiveError {
  return new ArchiveError('ROWS_CUT', `the body ends at byte ${at}, in the middle of its JSON`)
}

/** The body does not have the dataset's shape. */
export function unexpected(at: number, shape: BodyShape): ArchiveError {
  const expected =
    shape === 'list'
      ? 'an array of rows or an envelope with "data"'
      : 'an object or an array with one object'
  return new ArchiveError('ROWS_UNEXPECTED_SHAPE', `expected ${expected} at byte ${at}`)
}

/** The body should have one row but has more. */
export function moreThanOne(at: number): ArchiveError {
  return new ArchiveError(
    'ROWS_UNEXPECTED_SHAPE',
    `expected one object, but another one follows at byte ${at}`,
  )
}

/** A value other than an object is in the place of a row. */
export function notARow(at: number, byte: number | undefined): ArchiveError {
  if (byte === CLOSE_BRACKET) {
    return new ArchiveError(
      'ROWS_INVALID_JSON',
      `invalid JSON at byte ${at}: expected a row after ","`,
    )
  }
  return new ArchiveError('ROWS_UNEXPECTED_SHAPE', `expected a row (an object) at byte ${at}`)
}
