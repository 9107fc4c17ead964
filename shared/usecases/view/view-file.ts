import type { ViewFormat, ViewTable } from '../../format/view-names.ts'
import type { Unit } from '../../outputs/parquet/kept-groups.ts'
import type { ViewBlock } from '../../storage/ports.ts'
import type { Assemble } from './replace-view.ts'

/** How a file of the view is assembled, and checked. */
export interface FileContent {
  readonly assemble: Assemble
  /**
   * What the committed blocks should contain, or in words why they are not those of this file. Of Parquet it is what their
   * ids say, because its blocks depend on the file's history.
   */
  readonly expected: (blocks: readonly ViewBlock[]) => Promise<readonly ExpectedBlock[] | string>
}

export interface ExpectedBlock {
  readonly bytes: number
  readonly sha256: string
}

export interface ParquetContent extends FileContent {
  readonly content: () => Promise<ParquetFacts>
}

/** What can be said of a Parquet file without its history. */
export interface ParquetFacts {
  /** Its units in the order of their rows; null if they are not known. */
  readonly units: readonly Unit[] | null
  /** Null if it is not known. */
  readonly rowCount: number | null
  /** What decimal columns sum to, in plain notation. */
  readonly totals: Readonly<Record<string, string>>
}

export type ViewFile = { readonly table: ViewTable; readonly name: string } & (
  | ({ readonly format: Extract<ViewFormat, 'csv'> } & FileContent)
  | ({ readonly format: Extract<ViewFormat, 'parquet'> } & ParquetContent)
)

/** The files of one table. */
export interface TableFiles {
  readonly csv: FileContent
  readonly parquet: ParquetContent
}
