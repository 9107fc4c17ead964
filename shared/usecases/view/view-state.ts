import { z } from 'zod'
import type { Series } from '../../format/series.ts'
import { type ViewTable, viewName } from '../../format/view-names.ts'
import { readNote } from '../../outputs/parquet/read-note.ts'
import type { Archive } from '../archive.ts'
import { viewNumber } from './replace-view.ts'
import { LAST_TABLE } from './view-files.ts'

/** What the view has of a series. */
export interface ViewState {
  /** The number of the snapshot that all files have; 0 if one has none from this source. */
  readonly number: number
  /** How many values Parquet has in its column `exact`, by their own column. */
  readonly inexact: Readonly<Record<string, number>>
}

export async function viewState(
  archive: Pick<Archive, 'view' | 'policy' | 'catalogue'>,
  series: Series,
): Promise<ViewState> {
  const hasSummary = (archive.catalogue.find(series.dataset)?.summary ?? null) !== null
  const tables: ViewTable[] = hasSummary ? ['rows', 'summary', LAST_TABLE] : ['rows', LAST_TABLE]
  const { numbers, heads } = await headsOf(archive, series, tables)
  const rows = heads.get(viewName(series, 'parquet'))
  return { number: Math.min(...numbers), inexact: readNote(inexactSchema, rows?.['inexact']) ?? {} }
}

/**
 * The number of the snapshot that the files have which are written last: cheaper, and enough as long as nobody else
 * changes the view.
 */
export async function lastWritten(
  archive: Pick<Archive, 'view' | 'policy'>,
  series: Series,
): Promise<number> {
  return Math.min(...(await headsOf(archive, series, [LAST_TABLE])).numbers)
}

async function headsOf(
  { view, policy }: Pick<Archive, 'view' | 'policy'>,
  series: Series,
  tables: readonly ViewTable[],
) {
  const names = policy.viewFormats.flatMap((format) =>
    tables.map((table) => viewName(series, format, table)),
  )
  const found = await Promise.all(names.map((name) => view.head(name)))
  const numbers = found.map((head) =>
    head === null ? 0 : viewNumber(head.metadata, series.source),
  )
  return { numbers, heads: new Map(names.map((name, i) => [name, found[i]?.metadata])) }
}

const inexactSchema = z.record(z.string(), z.int().positive())
