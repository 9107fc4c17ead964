/** The rows of a series in the view. */
import type { Manifest } from '../../format/manifest.ts'
import type { ParquetColumn } from '../../outputs/parquet/columns.ts'
import type { Snapshot } from '../read/read-snapshots.ts'
import { blocksAsNamed } from './block-stager.ts'
import { csvRows } from './csv-rows.ts'
import { assembleParquet, type ParquetUnit } from './parquet-file.ts'
import { parquetNotes } from './parquet-notes.ts'
import type { RowSummaries } from './row-summaries.ts'
import type { RowUnit, UnitReader } from './row-units.ts'
import type { ViewDeps } from './view-deps.ts'
import type { TableFiles } from './view-file.ts'

/** `summaries`: gets the records of units that are encoded; null for a dataset without a summary. */
export function rowsFiles(
  archive: ViewDeps,
  snapshot: Snapshot,
  columns: readonly ParquetColumn[],
  units: readonly RowUnit[],
  reader: UnitReader,
  summaries: RowSummaries | null,
): TableFiles {
  const { manifest } = snapshot
  const unitOf = (unit: RowUnit): ParquetUnit => {
    const csv = (): AsyncIterable<Uint8Array> => reader.csvOf(unit)
    return { key: unit.key, rows: unit.csv.rows, csv, ...summaries?.collector(unit) }
  }
  return {
    csv: csvRows(archive, manifest),
    parquet: {
      assemble: (target) =>
        assembleParquet(archive, target, {
          columns,
          units: units.map(unitOf),
          rowCount: manifest.rowCount,
          notes: parquetNotes(snapshot),
          isSettled: manifest.settled,
        }),
      expected: async (blocks) => blocksAsNamed(blocks),
      async content() {
        return {
          units: units.map(({ key, csv }) => ({ key, rows: csv.rows })),
          rowCount: manifest.rowCount,
          totals: completeTotals(manifest),
        }
      },
    },
  }
}

/** The totals of columns from which no value was left out. */
export function completeTotals({
  totals,
  parts,
}: Pick<Manifest, 'totals' | 'parts'>): Record<string, string> {
  const partial = new Set(parts.flatMap(({ leftOut = {} }) => Object.keys(leftOut)))
  return Object.fromEntries(Object.entries(totals).filter(([name]) => !partial.has(name)))
}
