import type { Simulator } from '../../local/simulator/server.ts'
import type { StoredManifest } from './read-archive.ts'

/** What the simulator holds for a snapshot, row by row, in the order of its parts. */
export function sourceRows(simulator: Simulator, manifest: StoredManifest): string[] {
  const root = '/v3/enrollments/100'
  const { dataset, billingPeriod } = manifest
  return manifest.parts.flatMap(({ key }) => {
    if (billingPeriod === 'all') return [...simulator.rows(`${root}/${dataset}`)]
    if (key === 'all') {
      return [...simulator.rows(`${root}/billingperiods/${billingPeriod}/${dataset}`)]
    }
    const query = `startTime=${key}&endTime=${key}`
    return [...simulator.rows(`${root}/${dataset}bycustomdate?${query}`)]
  })
}
