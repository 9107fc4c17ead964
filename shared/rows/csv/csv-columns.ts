/** Which of a CSV's columns is which of the dataset's. */
import { ArchiveError } from '../../errors.ts'
import { MAX_NAME_LENGTH } from '../limits.ts'
import { OTHER_FIELDS, type RowLayout } from '../row-layout.ts'

/** A column of the CSV, as a member of the JSON rows that are made of its records. */
export interface CsvMember {
  /** Which field of a record it is, from 0. */
  readonly field: number
  /** The layout's column, or {@link OTHER_FIELDS}. */
  readonly column: number
  /** The layout's name for it; where the layout knows none, what the header says. */
  readonly name: string
  /** The key with its colon, as JSON. */
  readonly token: Buffer
  /** A field that is a JSON number becomes one. */
  readonly isNumber: boolean
  /** Stands in `otherFields`: the layout does not know it, or knows it late. */
  readonly isOther: boolean
}

/** What a header says. */
export interface CsvColumns {
  /** Fields that every record has. */
  readonly count: number
  /** In the order of the rows: the layout's, whatever the header's is, and behind them what it does not know. */
  readonly members: readonly CsvMember[]
  /** Columns of the layout that the header lacks. */
  readonly missing: readonly string[]
}

/**
 * Finds the columns that a header names, in any order: by the layout's name or one of its aliases, whatever the case
 * and the white space around it, or by such a name in brackets behind another (`Kosten (Cost)`, in translated
 * downloads). Throws `ROWS_UNEXPECTED_SHAPE` if none is known, or if one stands there twice.
 */
export function csvColumns(names: readonly string[], layout: RowLayout): CsvColumns {
  const byName = columnsByName(layout)
  const fields = names.map((name, field) => ({ name, field, column: columnOf(name, byName) }))
  if (fields.every(({ column }) => column === OTHER_FIELDS)) {
    throw new ArchiveError(
      'ROWS_UNEXPECTED_SHAPE',
      'the first record is no header: it names no column of the dataset',
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

/** The layout's columns by their names and aliases, in lower case and as they are, which comes first. */
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

/** Of two fields with one name only one could be kept. */
function assertOnce(fields: readonly NamedField[], { columns }: RowLayout): void {
  const seen = new Map<string, string>()
  for (const { name, column } of fields) {
    // A name that the layout does not know can't be one that it does: apart by the first letter.
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
