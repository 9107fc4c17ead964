import { archiveStatus, differs } from '../../shared/usecases/archive-status.ts'
import type { SeriesHealth } from '../../shared/usecases/check-health.ts'
import { type Filter, matches } from '../arguments.ts'
import type { Context } from '../context.ts'
import { type Outcome, table } from '../outcome.ts'

/** How every series stands, the keys, and whether the datasets agree. Exit code 1 if something has failed. */
export async function status({ deps, config }: Context, filter: Filter): Promise<Outcome> {
  const enrollments = filter.enrollment === undefined ? config.ENROLLMENTS : [filter.enrollment]
  const found = await archiveStatus({ ...deps.archive, keyRing: deps.keyRing }, enrollments)
  const isWanted = matches(filter)
  const series = found.series.filter((each) =>
    isWanted({ ...each, source: deps.archive.source.kind }),
  )
  const header = ['dataset', 'enrollment', 'period', 'status', 'number', 'checked at', 'verified']
  const lines = [
    table(header, series.map(rowOf)),
    ...series.flatMap(remarks),
    ...found.keys.map(({ enrollment, message }) => `enrollment ${enrollment}: ${message}`),
    ...found.reconciliations.filter(differs).flatMap((each) => {
      const where = `${each.enrollment} ${each.billingPeriod}`
      return [
        ...each.relations
          .filter(({ agrees }) => !agrees)
          .map(
            (one) =>
              `${where}: ${one.relation}: ${one.left} against ${one.right}, ${one.difference}`,
          ),
        ...each.days
          .filter(({ onlyInDays, onlyInWhole }) => onlyInDays + onlyInWhole > 0)
          .map(
            (one) =>
              `${where}: ${one.dataset}: ${one.onlyInDays} rows only in the days, ${one.onlyInWhole} only in the whole`,
          ),
      ]
    }),
    `\n${found.status.toUpperCase()}`,
  ]
  const json = { ...found, series }
  return { text: lines.join('\n'), json, exitCode: found.status === 'failed' ? 1 : 0 }
}

function rowOf(each: SeriesHealth): string[] {
  const { dataset, enrollment, billingPeriod, number, checkedAt, verified } = each
  const verdict =
    verified === null
      ? 'not yet'
      : verified.faults === 0
        ? verified.at
        : `${verified.faults} FAULTS`
  return [
    dataset,
    enrollment,
    billingPeriod,
    each.listed ? each.status : `${each.status}, no longer listed`,
    String(number ?? '-'),
    checkedAt ?? 'never',
    verdict,
  ]
}

function remarks(each: SeriesHealth): string[] {
  const where = `${each.dataset} ${each.enrollment} ${each.billingPeriod}`
  const { failed, shrunk, unknownFields, drift } = each
  return [
    ...failed.map(
      ({ part, code, message, since }) =>
        `${where}, part ${part}: ${code} since ${since}: ${message}`,
    ),
    ...(shrunk === null
      ? []
      : [
          `${where}: fell from ${shrunk.was} to ${shrunk.rows} rows at ${shrunk.since}; read again in an hour`,
        ]),
    ...(unknownFields.length === 0 ? [] : [`${where}: new fields: ${unknownFields.join(', ')}`]),
    ...(drift.length === 0 ? [] : [`${where}: rows of another shape: ${drift.join(', ')}`]),
  ]
}
