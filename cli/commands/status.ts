import { adviceOn } from '../../shared/usecases/status/advice.ts'
import { archiveStatus, differs } from '../../shared/usecases/status/archive-status.ts'
import type { SeriesHealth } from '../../shared/usecases/status/series-health.ts'
import { toldHealth } from '../../shared/usecases/status/told-health.ts'
import type { Screen } from '../../terminal/screen.ts'
import { table } from '../../terminal/table.ts'
import { type Filter, matches } from '../arguments.ts'
import { type Context, enrollmentsOf } from '../context.ts'
import { labelOf } from '../label-of.ts'
import { counted, type Outcome } from '../outcome.ts'
import { sourceColumn } from '../source-column.ts'

/**
 * Shows the state of every series, of the keys, and whether the datasets agree. Exit code 1 if something has
 * failed.
 */
export async function status(context: Context, filter: Filter): Promise<Outcome> {
  const { deps, screen, unset } = context
  const known = await enrollmentsOf(context)
  const enrollments = filter.enrollment === undefined ? known : [filter.enrollment]
  const hasVault = !unset.includes('KEY_VAULT_URI')
  const keyRing = hasVault ? deps.keyRing : null
  const found = await archiveStatus({ ...deps.archive, keyRing }, enrollments)
  const isWanted = matches(filter)
  const series = found.series.filter(isWanted)
  const { status: verdict, keys } = found
  const { columns: source, cells } = sourceColumn(context, series)
  const columns = [
    ...source,
    { title: 'dataset', least: 12 },
    { title: 'enrollment', least: 8 },
    { title: 'period' },
    { title: 'status', least: 10 },
    { title: 'number', align: 'right' as const, drop: 2 },
    { title: 'checked at' },
    { title: 'verified', drop: 1 },
  ]
  const lines = [
    table(
      screen,
      columns,
      series.map((each) => [...cells(each), ...rowOf(each, screen)]),
    ),
    ...series.flatMap((each) => remarks(each, labelOf(context, each), screen)),
    ...found.faults.map(({ code, blob, message }) => `${code} ${blob}: ${message}`),
    ...keys.map(({ enrollment, message }) => `enrollment ${enrollment}: ${message}`),
    ...(hasVault ? [] : ['keys of the source: not checked, no vault given (--vault)']),
    ...found.reconciliations.filter(differs).flatMap(differences),
    `\n${coloured(verdict, verdict.toUpperCase(), screen)}`,
  ]
  const json = { ...found, series: series.map((each) => toldHealth(deps.archive.sources, each)) }
  return { text: lines.join('\n'), json, exitCode: verdict === 'failed' ? 1 : 0 }
}

function differences(
  each: Awaited<ReturnType<typeof archiveStatus>>['reconciliations'][number],
): string[] {
  const where = `${each.enrollment} ${each.billingPeriod}`
  const relations = each.relations.filter(({ agrees }) => !agrees)
  const days = each.days.filter(({ onlyInDays, onlyInWhole }) => onlyInDays + onlyInWhole > 0)
  return [
    ...relations.map(
      (one) => `${where}: ${one.relation}: ${one.left} against ${one.right}, ${one.difference}`,
    ),
    ...days.map(
      (one) =>
        `${where}: ${one.dataset}: ${counted(one.onlyInDays, 'row')} only in the days, ${one.onlyInWhole} only in the whole period`,
    ),
  ]
}

function coloured(verdict: string, text: string, screen: Screen): string {
  if (['failed', 'damaged'].includes(verdict)) return screen.style('red', text)
  if (['stale', 'missing', 'waiting', 'warning'].includes(verdict))
    return screen.style('yellow', text)
  return screen.style('green', text)
}

function rowOf(each: SeriesHealth, screen: Screen): string[] {
  const { dataset, enrollment, billingPeriod, number, checkedAt, verified } = each
  const faults = verified?.faults ?? 0
  const verdict =
    verified === null
      ? 'not yet'
      : faults === 0
        ? screen.time(verified.at)
        : screen.style('red', counted(faults, 'fault').toUpperCase())
  return [
    dataset,
    enrollment,
    billingPeriod,
    coloured(each.status, statusText(each), screen),
    String(number ?? '-'),
    checkedAt === null ? 'never' : screen.time(checkedAt),
    verdict,
  ]
}

function statusText({ status, listed, answers }: SeriesHealth): string {
  const remarks = [...(listed ? [] : ['no longer listed']), ...(answers ? [] : ['not served'])]
  return [status, ...remarks].join(', ')
}

function adviceIn(code: string): string {
  const advice = adviceOn(code)
  return advice === null ? '' : `\n  what to do: ${advice}`
}

function remarks(each: SeriesHealth, where: string, screen: Screen): string[] {
  const { failed, shrunk, unknownFields, drift, verified, view } = each
  const lines = failed.map(
    ({ part, code, message, since }) =>
      `${where}, part ${part}: ${code} since ${screen.time(since)}: ${message}${adviceIn(code)}`,
  )
  if (each.status === 'damaged' && verified !== null) {
    lines.push(
      `${where}: ${counted(verified.faults, 'fault')} found at ${screen.time(verified.at)}: "verify" lists them, "repair" repairs what it can`,
    )
  }
  if ((verified?.repaired ?? 0) > 0) {
    lines.push(
      `${where}: ${counted(verified?.repaired ?? 0, 'damaged file is', 'damaged files are')} read from repaired copies`,
    )
  }
  if (shrunk !== null) {
    lines.push(
      `${where}: fell from ${screen.count(shrunk.was)} to ${screen.count(shrunk.rows)} rows at ${screen.time(shrunk.since)}: it is fetched again an hour later, and archived if rows are still missing`,
    )
  }
  if (unknownFields.length > 0) {
    lines.push(`${where}: note: unknown fields, kept in otherFields: ${unknownFields.join(', ')}`)
  }
  if (drift.length > 0)
    lines.push(`${where}: rows differ from the documentation: ${drift.join(', ')}`)
  if (view?.isBehind === true) {
    lines.push(`${where}: the view does not have snapshot ${each.number} yet; the sweep updates it`)
  }
  const inexact = Object.entries(view?.inexact ?? {})
  if (inexact.length > 0) {
    const counts = inexact.map(([name, count]) => `${name} ${screen.count(count)}`).join(', ')
    lines.push(`${where}: note: values that Parquet has in its column exact: ${counts}`)
  }
  return lines
}
