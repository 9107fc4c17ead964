import { z } from 'zod'
import type { Series } from '../../format/series.ts'
import { type ViewTable, viewName } from '../../format/view-names.ts'
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

/** The tables that show whether a view is complete: the one that is written first, and the one that is written last. */
const TELLING: readonly ViewTable[] = ['rows', LAST_TABLE]

export async function viewState(
  { view, policy }: Pick<Archive, 'view' | 'policy'>,
  series: Series,
): Promise<ViewState> {
  const names = policy.viewFormats.flatMap((format) =>
    TELLING.map((table) => viewName(series, format, table)),
  )
  const heads = await Promise.all(names.map((name) => view.head(name)))
  const numbers = heads.map((head) =>
    head === null ? 0 : viewNumber(head.metadata, series.source),
  )
  const rows = heads[names.indexOf(viewName(series, 'parquet'))]
  return { number: Math.min(...numbers), inexact: inexactIn(rows?.metadata['inexact']) }
}

const inexactSchema = z.record(z.string(), z.int().positive())

function inexactIn(text = '{}'): ViewState['inexact'] {
  try {
    return inexactSchema.safeParse(JSON.parse(text)).data ?? {}
  } catch {
    return {} // altered by someone else: verify compares the file
  }
}
