/** Maps the columns of a CSV header to the columns of a dataset. */
import { ArchiveError } from '../../errors.ts'
import { MAX_NAME_LENGTH } from '../limits.ts'
import { OTHER_FIELDS, type RowLayout } from '../row-layout.ts'

/** A column of the CSV, and the member that it becomes in the JSON rows. */
export interface CsvMember {
  /** Index of its field in a record. */
  readonly field: number
  /** The column of the layout, or {@link OTHER_FIELDS} if the layout does not know it. */
  readonly column: number
  /** The column's name in the layout, or in the header if the layout does not know it. */
  readonly name: string
  /** The JSON key with its colon. */
  readonly token: Buffer
  /** The layout says that its values are numbers. */
  readonly isNumber: boolean
  /** Goes into `otherFields`: the layout does not know it, or added it later. */
  readonly isOther: boolean
}

/** The columns of a header. */
export interface CsvColumns {
  /** Number of fields in each record. */
  readonly count: number
  /** In the order of the JSON rows: the layout's columns in its order, then unknown ones in the header's order. */
  readonly members: readonly CsvMember[]
  /** Names of the layout's columns that the header does not have. */
  readonly missing: readonly string[]
}

/**
 * Matches the names of a header to the layout's columns, in any order: by name or alias, ignoring case and surrounding
 * white space, or by a name in brackets at the end, as in translated downloads (`Kosten (Cost)`). Throws
 * `ROWS_UNEXPECTED_SHAPE` if no name is known or if a column occurs twice.
 */
export function csvColumns(names: readonly string[], layout: RowLayout): CsvColumns {
  const byName = columnsByName(layout)
  const fields = names.map((name, field) => ({ name, field, column: columnOf(name, byName) }))
  if (fields.every(({ column }) => column === OTHER_FIELDS)) {
    throw new ArchiveError(
      'ROWS_UNEXPECTED_SHAPE',
      'the first record is not a header: it has no column of the dataset',
    )
  }
  assertOnce(fields, layout)
  const fieldOf = new Map(fields.map(({ column, field }) => [column, field]))
  const early = layout.csvOrder.filter((column) => column !== OTHER_FIELDS)
  return {
    count: names.length,
    members: [
      ...early.flatMap((column) => {
        const field = fieldOf.get(column)
        return field === undefined ? [] : [knownMember(field, column, layout)]
      }),
      ...fields.flatMap(({ name, field, column }) =>
        column === OTHER_FIELDS ? [otherMember(name, field)] : [],
      ),
    ],
    missing: early
      .filter((column) => !fieldOf.has(column))
      .map((column) => layout.columns[column]?.name ?? ''),
  }
}

function knownMember(field: number, column: number, { columns }: RowLayout): CsvMember {
  const known = columns[column] as RowLayout['columns'][number]
  const isNumber = known.kind === 'number'
  return { field, column, name: known.name, token: known.token, isNumber, isOther: known.late }
}

function otherMember(name: string, field: number): CsvMember {
  const token = Buffer.from(`${JSON.stringify(name)}:`)
  return { field, column: OTHER_FIELDS, name, token, isNumber: false, isOther: true }
}

/** The layout's columns by name and alias, as written and in lower case. An exact match takes precedence. */
function columnsByName({ columnByKey }: RowLayout): ReadonlyMap<string, number> {
  return new Map([
    ...[...columnByKey].map(([key, column]) => [key.toLowerCase(), column] as const),
    ...columnByKey,
  ])
}

function columnOf(name: string, byName: ReadonlyMap<string, number>): number {
  const trimmed = name.trim()
  const inBrackets = /\(([^()]+)\)$/.exec(trimmed)?.[1]?.trim()
  return (
    byName.get(trimmed) ??
    byName.get(trimmed.toLowerCase()) ??
    (inBrackets === undefined ? undefined : byName.get(inBrackets.toLowerCase())) ??
    OTHER_FIELDS
  )
}

interface NamedField {
  readonly name: string
  readonly column: number
}

/** Rejects a header with the same column twice: only one of the two values could be kept. */
function assertOnce(fields: readonly NamedField[], { columns }: RowLayout): void {
  const seen = new Map<string, string>()
  for (const { name, column } of fields) {
    // The prefix keeps unknown names apart from known ones.
    const known = columns[column]?.name
    const key = known === undefined ? `?${name.trim().toLowerCase()}` : `=${known}`
    const before = seen.get(key)
    seen.set(key, name)
    if (before === undefined) continue
    const as = known === undefined ? '' : `, both as ${known}`
    throw new ArchiveError(
      'ROWS_UNEXPECTED_SHAPE',
      `the header has a column twice: ${shown(before)} and ${shown(name)}${as}`,
    )
  }
}

function shown(name: string): string {
  return JSON.stringify(name.slice(0, MAX_NAME_LENGTH))
}
