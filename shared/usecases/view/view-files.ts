/** The files of the view that a series has. */
import { columnsAt } from '../../datasets/columns-at.ts'
import type { Dataset } from '../../datasets/dataset.ts'
import { type Manifest, seriesOfManifest } from '../../format/manifest.ts'
import { type ViewFormat, type ViewTable, viewName } from '../../format/view-names.ts'
import { parquetColumns } from '../../outputs/parquet/columns.ts'
import type { Snapshot } from '../read/read-snapshots.ts'
import { csvRows } from './csv-rows.ts'
import { rowSummaries } from './row-summaries.ts'
import { rowUnits, unitReader } from './row-units.ts'
import { rowsFiles } from './rows-files.ts'
import { snapshotsFiles } from './snapshots-files.ts'
import { summaryFiles } from './summary-files.ts'
import type { ViewDeps } from './view-deps.ts'
import type { TableFiles, ViewFile } from './view-file.ts'

/** The table that is written last, and so tells that all others are written. */
export const LAST_TABLE = 'snapshots' satisfies ViewTable

/**
 * The files in the order in which they are written. Of a snapshot of a newer program only the CSV of its rows, whose pieces
 * need no catalogue: that program writes the others. Throws `FORMAT_INVALID` for a part with files of another rowsVersion.
 */
export function viewFiles(archive: ViewDeps, snapshot: Snapshot): ViewFile[] {
  const { manifest } = snapshot
  const dataset = archive.catalogue.find(manifest.dataset)
  const { viewFormats } = archive.policy
  if (dataset === null || manifest.rowsVersion > dataset.rowsVersion) {
    const rows = csvRows(archive, manifest)
    return viewFormats.flatMap((format) =>
      format === 'csv' ? [{ ...named(manifest, 'rows', format), ...rows }] : [],
    )
  }
  return tablesOf(archive, dataset, snapshot).flatMap(([table, files]) =>
    viewFormats.map((format) =>
      format === 'csv'
        ? { ...named(manifest, table, format), ...files.csv }
        : { ...named(manifest, table, format), ...files.parquet },
    ),
  )
}

function named<Format extends ViewFormat>(manifest: Manifest, table: ViewTable, format: Format) {
  return { table, format, name: viewName(seriesOfManifest(manifest), format, table) }
}

function tablesOf(
  archive: ViewDeps,
  dataset: Dataset,
  snapshot: Snapshot,
): readonly (readonly [ViewTable, TableFiles])[] {
  const { manifest } = snapshot
  const { summary } = dataset
  const { definitions } = columnsAt(dataset, manifest.rowsVersion)
  const columns = parquetColumns({ definitions, names: manifest.columns })
  const units = rowUnits(manifest)
  const reader = unitReader(archive.snapshots)
  const last = [LAST_TABLE, snapshotsFiles(archive, dataset, snapshot)] as const
  if (summary === null) {
    return [['rows', rowsFiles(archive, snapshot, columns, units, reader, null)], last]
  }
  const summaries = rowSummaries(archive, reader, manifest, columns, summary, dataset)
  return [
    ['rows', rowsFiles(archive, snapshot, columns, units, reader, summaries)],
    ['summary', summaryFiles(archive, dataset, snapshot, units, summaries)],
    last,
  ]
}
