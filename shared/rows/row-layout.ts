/**
 * What the row code knows of a dataset: which keys become which CSV columns, which are decimals to
 * sum, and which holds the usage date. Made once from the catalogue.
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
   * What makes a row one: groups of columns, of each of which a row has at least one that is not null.
   * Empty where nothing is known.
   */
  readonly identity: readonly (readonly number[])[]
  /** Finds a column by its key, exactly as it stands between the quotes (latin1 of its bytes). */
  readonly columnByKey: ReadonlyMap<string, number>
}

export interface LayoutColumn {
  readonly name: string
  /** The key as it mostly stands in a row: in quotes, the colon behind it. */
  readonly token: Buffer
  /** What the source's documentation says that its values are, beside null. */
  readonly kind: ValueKind
  /** Became known after `otherFields` was there: stands in both (archive format, CSV files). */
  readonly late: boolean
}

/** Kinds of JSON values, as far as a source's documentation tells them apart. */
export type ValueKind = 'string' | 'number' | 'boolean' | 'nested' | 'any'

/** What a layout is made from; the catalogue's columns have this shape. */
export interface ColumnDefinition {
  readonly name: string
  /** `string` if absent; `number` for a decimal. */
  readonly kind?: ValueKind
  readonly decimal?: boolean
  readonly usageDate?: boolean
  /** The group of the layout's `identity` that it belongs to, from 0; none if absent. */
  readonly identity?: number
  /** Other spellings of the key that sources send. */
  readonly aliases?: readonly string[]
  /** The catalogue's rowsVersion that brought this column; 1 if absent. */
  readonly since?: number
}

/** The CSV column that holds, as one JSON object, the fields that the catalogue did not know. */
export const OTHER_FIELDS = -1
export const OTHER_FIELDS_NAME = 'otherFields'

/** The CSV's column names in order: the first catalogue's, `otherFields`, then the later ones. */
export function csvColumnNames(columns: readonly ColumnDefinition[]): string[] {
  const late = columns.filter(isLate)
  const first = columns.filter((column) => !isLate(column))
  return [...first, { name: OTHER_FIELDS_NAME }, ...late].map((column) => column.name)
}

/** The header row of a CSV file with these columns, with its CRLF. Names are plain identifiers: none needs quoting. */
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
  return groups.filter(() => true) // without holes
}

/** Where the column called `name` stands in a layout's columns; -1 if it has none. */
export function columnNamed({ columns }: Pick<RowLayout, 'columns'>, name: string): number {
  return columns.findIndex((column) => column.name === name)
}

/** The columns that the catalogue had in its version `rowsVersion`. */
export function columnsAt(
  columns: readonly ColumnDefinition[],
  rowsVersion: number,
): ColumnDefinition[] {
  return columns.filter((column) => (column.since ?? 1) <= rowsVersion)
}

function isLate(column: ColumnDefinition): boolean {
  return (column.since ?? 1) > 1
}
