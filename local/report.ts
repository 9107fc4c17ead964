/** The output of `npm start`: the result of a run, how to query the archive, and problems in between. */
import { resolve } from 'node:path'
import { adviceOn } from '../shared/usecases/status/advice.ts'
import { screenOf } from '../terminal/screen.ts'
import type { HostEvent } from './host-process.ts'
import type { RunResult } from './result.ts'
import type { StartOptions } from './start-options.ts'
import { countsOf, tableOf } from './table.ts'
import type { Upstream } from './upstream.ts'

/** Prints the table, waiting and failed series and, without `--once`, how to query the archive. */
export function report(
  result: RunResult,
  say: (text: string) => void,
  options: StartOptions,
  upstream: Upstream,
  dataDir: string,
): void {
  const screen = screenOf(options.json ? process.stderr : process.stdout)
  say(`\n${tableOf(result, screen)}\n${countsOf(result)}\n`)
  if (result.snapshots.some((line) => !line.settled)) {
    say('unsettled: the source still changes it')
  }
  for (const { dataset, enrollment, billingPeriod, was, rows } of result.waiting) {
    say(
      `WAITING ${dataset} ${enrollment} ${billingPeriod}: it fell from ${was} to ${rows} rows, so it is fetched again in an hour, and archived if rows are still missing. Keep this running, or start it again.`,
    )
  }
  for (const { dataset, enrollment, billingPeriod, part, code, message } of result.failed) {
    say(`FAILED ${dataset} ${enrollment} ${billingPeriod}, part ${part}: ${code}: ${message}`)
    const advice = adviceOn(code)
    if (advice !== null) say(`  what to do: ${advice}`)
  }
  for (const line of result.unreadable) say(`UNREADABLE ${line}`)
  say(`The data is in ${dataDir}`)
  if (!options.once) say(`\n${curlLines(result, upstream, dataDir).join('\n')}`)
}

function curlLines(result: RunResult, upstream: Upstream, dataDir: string): string[] {
  const where = dataDir === resolve('.data') ? '' : ` --data-dir ${dataDir}`
  const enrollment = upstream.enrollments[0] ?? ''
  const period = result.snapshots.find((line) => line.dataset === 'usagedetails')?.billingPeriod
  const curl = (path: string): string =>
    `curl -s -H 'Authorization: bearer ${result.key}' '${result.url}${path}'`
  const root = `/v3/enrollments/${enrollment}`
  return [
    'Query the archive like the Reporting API:',
    `  ${curl(`${root}/billingperiods`)}`,
    ...(period === undefined ? [] : [`  ${curl(`${root}/billingPeriods/${period}/usagedetails`)}`]),
    `  ${curl(`${root}/balancesummary`)}`,
    'Or use the command line, exact to the last digit:',
    ...(period === undefined
      ? []
      : [`  npx billing-archive totals usagedetails ${period} --group-by serviceName${where}`]),
    `  npx billing-archive --help`,
    `Or use what the Reporting API never had (documentation: ${result.url}/archive/docs):`,
    `  ${curl(`/archive/enrollments/${enrollment}/usagedetails/totals?groupBy=serviceName`)}`,
    `  ${curl('/archive/health')}`,
  ]
}

/** Events shown while the archive works, besides the progress. */
const SHOWN = new Set([
  'host.line',
  'part.failed',
  'plan.failed',
  'plan.not-opened',
  'periods.skipped',
  'http.failed',
  'host.timer',
])

/** One line for a person; null for an event that is only logged. */
export function shownLine(event: HostEvent, level: string): string | null {
  return SHOWN.has(event.event) ? `${level}: ${describe(event)}` : null
}

function describe(event: HostEvent): string {
  const { event: name, line, ...fields } = event
  if (name === 'host.line') return String(line)
  const shown = ['enrollment', 'series', 'part', 'code', 'message', 'why', 'rows']
  const words = shown.map((field) => fields[field])
  return [name, ...words.filter((word) => typeof word === 'string')].join(' ')
}
