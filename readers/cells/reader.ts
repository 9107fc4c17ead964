import type { ParquetColumn } from '../../shared/outputs/parquet/columns.ts'
import type { Cell } from '../../testing/oracles/parquet-oracle.ts'

/** A Parquet file of a view, and what it should contain. */
export interface ViewCase {
  /** Of the archive and dataset, for people. */
  readonly title: string
  readonly path: string
  readonly columns: readonly ParquetColumn[]
  /** Cells of each row, in the order of `columns`. */
  readonly rows: readonly (readonly Cell[])[]
}

/** Cells by column: texts, decimals × 10^18, days since 1970, booleans. */
export type CellsRead = ReadonlyMap<string, readonly Cell[]>

/** A program that reads Parquet. */
export interface Reader {
  readonly name: string
  /** The cells of each file, in their order. */
  readonly read: (cases: readonly ViewCase[]) => Promise<CellsRead[]>
}
