import type { Archive } from '../archive.ts'
import { sourceToName } from '../resolve-series.ts'
import type { SeriesHealth } from './series-health.ts'

/**
 * The state of a series as documents show it: with its source, and whether that answers, if several offer its
 * dataset.
 */
export type ToldHealth = Omit<SeriesHealth, 'source' | 'answers'> &
  Partial<Pick<SeriesHealth, 'source' | 'answers'>>

export function toldHealth(sources: Archive['sources'], health: SeriesHealth): ToldHealth {
  const { source, answers, ...rest } = health
  return sourceToName(sources, health) === null ? rest : { source, ...rest, answers }
}
