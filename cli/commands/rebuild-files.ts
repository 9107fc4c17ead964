import { describeError } from '../../shared/errors.ts'
import { redact } from '../../shared/log.ts'
import { rebuildSeries } from '../../shared/usecases/fetch/rebuild-series.ts'
import { listSeries } from '../../shared/usecases/read/list-series.ts'
import { seriesFailures } from '../../shared/usecases/state/series-failures.ts'
import { type Filter, matches } from '../arguments.ts'
import type { Context } from '../context.ts'
import { labelOf } from '../label-of.ts'
import { counted, type Outcome } from '../outcome.ts'
import { sure } from './sure.ts'

/** A series with a new snapshot. */
interface Rebuilt {
  readonly series: string
  readonly number: number
  readonly from: number
  readonly rowsVersion: number
  readonly parts: number
  readonly rows: number
}

/**
 * Rebuilds the files of the newest snapshots with the columns of this program, from the stored JSON. Exit
 * code 1 if a series failed; the others were rebuilt anyway.
 */
export async function rebuildFiles(context: Context, filter: Filter): Promise<Outcome> {
  const { deps, config, say, screen } = context
  const { archive } = deps
  const failures = seriesFailures(archive.log, 'rebuild.failed', say)
  await sure(context, filter, 'Rebuild the CSV and index files')
  const signal = AbortSignal.timeout(config.PLAN_HOURS * 3_600_000)
  const rebuilt: Rebuilt[] = []
  const busy: string[] = []
  const failed: { series: string; code: string; message: string }[] = []
  let current = 0
  for await (const series of listSeries(archive.snapshots, archive.sources)) {
    const dataset = archive.catalogue.find(series.dataset)
    if (!matches(filter)(series) || dataset === null) continue
    const label = labelOf(context, series)
    await failures.attempt(label, async () => {
      const found = await rebuildSeries(archive, dataset, series, signal).catch(
        (error: unknown) => {
          const { code, message } = describeError(error)
          failed.push({ series: label, code, message: redact(message) })
          throw error
        },
      )
      if (found.kind === 'current') current++
      if (found.kind === 'busy') {
        busy.push(label)
        say(`${label}: another plan is in progress`)
      }
      if (found.kind !== 'rebuilt') return
      const { number, from, rowsVersion, parts, rows } = found
      rebuilt.push({ series: label, number, from, rowsVersion, parts, rows })
      const what = `${screen.count(rows)} rows, rebuilt from the JSON of snapshot ${from}`
      say(`${label}: snapshot ${number} with columns of version ${rowsVersion}, ${what}`)
    })
  }
  const lines = [
    `${counted(rebuilt.length, 'series', 'series')} rebuilt, ${current} up to date`,
    ...failed.map(({ series, code, message }) => `FAILED ${series}: ${code}: ${message}`),
    ...(busy.length === 0
      ? []
      : [`Run this again for series with another plan in progress: ${busy.join(', ')}`]),
  ]
  return {
    text: lines.join('\n'),
    json: { rebuilt, current, busy, failed },
    exitCode: failed.length === 0 ? 0 : 1,
  }
}
