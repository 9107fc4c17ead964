import type { Series } from '../shared/format/series.ts'
import { sourceToName } from '../shared/usecases/resolve-series.ts'
import type { Column } from '../terminal/table.ts'
import type { Context } from './context.ts'

/** A column with the source of each series; none if no dataset has more than one source. */
export interface SourceColumn {
  readonly columns: readonly Column[]
  cells(series: Series): string[]
  /** A series for JSON. */
  told<T extends Series>(series: T): Omit<T, 'source'> & { readonly source?: string }
}

export function sourceColumn(
  { deps }: Pick<Context, 'deps'>,
  all: readonly Series[],
): SourceColumn {
  const { sources } = deps.archive
  const isNamed = all.some((series) => sourceToName(sources, series) !== null)
  return {
    columns: isNamed ? [{ title: 'source', least: 8 }] : [],
    cells: ({ source }) => (isNamed ? [source] : []),
    told(series) {
      const { source: _source, ...rest } = series
      return sourceToName(sources, series) === null ? rest : series
    },
  }
}
