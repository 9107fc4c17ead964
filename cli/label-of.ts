import { type Series, seriesLabel } from '../shared/format/series.ts'
import { sourceToName } from '../shared/usecases/resolve-series.ts'
import type { Context } from './context.ts'

/** A series in words: `usagedetails 100 201704`, preceded by its source if several offer the dataset. */
export function labelOf({ deps }: Pick<Context, 'deps'>, series: Series): string {
  const source = sourceToName(deps.archive.sources, series)
  return source === null ? seriesLabel(series) : `${source} ${seriesLabel(series)}`
}
