/**
 * A dataset's layout for the row code: which keys become which CSV columns, which decimals are summed, and
 * which column is the usage date. Built once from the catalogue.
 */
export interface RowLayout {
  /** Known columns; a row's spans are kept in this order. */
  readonly columns: readonly LayoutColumn[]
  /** CSV columns in order: an index into `columns`, or {@link OTHER_FIELDS}. */
  readonly csvOrder: readonly number[]
  /** The header row, with its CRLF. */
  readonly header: Buffer
  /** Index into `columns` of the usage date, or -1. */
  readonly dateColumn: number
  /** Indexes into `columns` of the decimals that are summed. */
  readonly decimalColumns: readonly number[]
  /**
   * The fields that identify a row: groups of columns; a row has a non-null value in at least one column of
   * each. Empty if not defined.
   */
  readonly identity: readonly (readonly number[])[]
  /** Finds a column by its key, exactly as written between the quotes (latin1 of its bytes). */
  readonly columnByKey: ReadonlyMap<string, number>
}

export interface LayoutColumn {
  readonly name: string
  /** The usual bytes of the key in a row: quoted, followed by the colon. */
  readonly token: Buffer
  /** The documented type of its values, apart from null. */
  readonly kind: ValueKind
  /** Added to the catalogue after `otherFields`: it appears in both (archive format, CSV files). */
  readonly late: boolean
}

/** Types of JSON values, as far as a source's documentation distinguishes them. */
export type ValueKind = 'string' | 'number' | 'boolean' | 'nested' | 'any'

/** The definition of a column, as in the catalogue. */
export interface ColumnDefinition {
  readonly name: string
  /** `string` if absent; `number` for a decimal. */
  readonly kind?: ValueKind
  readonly decimal?: boolean
  /** True for a decimal that is not summed; false if absent. */
  readonly rate?: boolean
  readonly usageDate?: boolean
  /** The group of the layout's `identity` that it belongs to, from 0; none if absent. */
  readonly identity?: number
  /** Other spellings of the key that sources send. */
  readonly aliases?: readonly string[]
  /** The catalogue's rowsVersion that added this column; 1 if absent. */
  readonly since?: number
}

/** The CSV column that holds the fields unknown to the catalogue, as one JSON object. */
export const OTHER_FIELDS = -1
export const OTHER_FIELDS_NAME = 'otherFields'

/** The CSV's column names in order: the first catalogue's, `otherFields`, then the later ones. */
export function csvColumnNames(columns: readonly ColumnDefinition[]): string[] {
  const late = columns.filter(isLate)
  const first = columns.filter((column) => !isLate(column))
  return [...first, { name: OTHER_FIELDS_NAME }, ...late].map((column) => column.name)
}

/**
 * The header row of a CSV file with these columns, with its CRLF. Names are plain identifiers, so none needs
 * quoting.
 */
export function csvHeader(names: readonly string[]): Buffer {
  return Buffer.from(`${names.join(',')}\r\n`)
}

/** Compiles a dataset's columns. */
export function rowLayout(columns: readonly ColumnDefinition[]): RowLayout {
  const indexOf = new Map(columns.map((column, index) => [column.name, index]))
  const names = csvColumnNames(columns)
  return {
    columns: columns.map((column) => ({
      name: column.name,
      token: Buffer.from(`"${column.name}":`),
      kind: column.kind ?? (column.decimal === true ? 'number' : 'string'),
      late: isLate(column),
    })),
    csvOrder: names.map((name) => indexOf.get(name) ?? OTHER_FIELDS),
    header: csvHeader(names),
    dateColumn: columns.findIndex((column) => column.usageDate === true),
    decimalColumns: columns.flatMap((column, index) => (column.decimal === true ? [index] : [])),
    identity: identityOf(columns),
    columnByKey: new Map(
      columns.flatMap((column, index) =>
        [column.name, ...(column.aliases ?? [])].map((key) => [key, index] as const),
      ),
    ),
  }
}

function identityOf(columns: readonly ColumnDefinition[]): number[][] {
  const groups: number[][] = []
  columns.forEach(({ identity }, index) => {
    if (identity !== undefined) (groups[identity] ??= []).push(index)
  })
  return groups.filter(() => true) // without gaps
}

/** The index of the column called `name` in a layout; -1 if there is none. */
export function columnNamed({ columns }: Pick<RowLayout, 'columns'>, name: string): number {
  return columns.findIndex((column) => column.name === name)
}

function isLate(column: ColumnDefinition): boolean {
  return (column.since ?? 1) > 1
}
