import type { Archive } from '../archive.ts'
import { sourceToName } from '../resolve-series.ts'
import type { SeriesHealth } from './series-health.ts'

/**
 * The state of a series as documents show it: with its source, if several offer its dataset. Whether it answers is
 * always there, because typed clients read an absent boolean as false.
 */
export type ToldHealth = Omit<SeriesHealth, 'source'> & Partial<Pick<SeriesHealth, 'source'>>

export function toldHealth(sources: Archive['sources'], health: SeriesHealth): ToldHealth {
  const { source, ...rest } = health
  return sourceToName(sources, health) === null ? rest : { source, ...rest }
}
