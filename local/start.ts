/** `npm start`: Billing Archive on one machine, without Azure. */
import { once } from 'node:events'
import { resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { adviceOn } from '../shared/usecases/status/advice.ts'
import { screenOf } from '../terminal/screen.ts'
import { callerKey } from './caller-key.ts'
import { checkSettings } from './check-settings.ts'
import { takeDataFolder } from './data-folder.ts'
import { fullDisk, watchDisk } from './disk-space.ts'
import { endWithNpm } from './end-with-npm.ts'
import { checkPort } from './free-port.ts'
import { type HostEvent, startHost } from './host-process.ts'
import { parseOptions } from './options.ts'
import { runPass } from './pass.ts'
import { showProgress, startProgress } from './progress.ts'
import { type RunResult, readResult } from './result.ts'
import { publishSettings } from './running-settings.ts'
import { startServices } from './services.ts'
import type { StartOptions } from './start-options.ts'
import { grantKey } from './storage-setup.ts'
import { countsOf, tableOf } from './table.ts'
import { startUpstream, type Upstream } from './upstream.ts'

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

/** Things to stop, the last started first. */
const running: (() => Promise<void>)[] = []

let stopping: Promise<void> | null = null

/** Stops everything, once: further callers wait for the same end. */
function stopAll(): Promise<void> {
  stopping ??= (async () => {
    for (const stop of running.toReversed()) await stop()
  })()
  return stopping
}

/** Resolves when a child process has ended unexpectedly. */
const { promise: anyEnded, resolve: hasEnded } = Promise.withResolvers<void>()

/** If a child process ends by itself, everything stops: without it, the archive would only appear to work. */
function endsWith(what: string, ended: Promise<unknown>): void {
  void ended.then(() => {
    hasEnded()
    if (stopping !== null) return
    process.stderr.write(
      `\nStopping, because ${what} has ended unexpectedly. Start again to continue.\n`,
    )
    void stopAll().then(() => process.exit(1))
  })
}

async function start(options: StartOptions): Promise<void> {
  const out = options.json ? process.stderr : process.stdout
  const say = (text: string): void => void out.write(`${text}\n`)
  const dataDir = resolve(options.dataDir)

  await checkPort(options.port, '--port')
  await checkPort(options.blobPort, '--blob-port')
  checkSettings(options, process.env)
  running.push(await takeDataFolder(dataDir))
  const full = await fullDisk(dataDir)
  if (full !== null) throw new Error(full)
  say('Starting storage, a vault and the functions. The first run takes a few seconds.')
  const stopWatching = watchDisk(dataDir, (words) => {
    process.stderr.write(`\n${words}\n`)
    void stopAll().then(() => process.exit(1))
  })
  running.push(async () => stopWatching())
  const upstream = await startUpstream(options, dataDir, process.env)
  running.push(upstream.stop)
  endsWith('the simulated source', upstream.ended)
  const services = await startServices({
    dataDir,
    blobPort: options.blobPort,
    secrets: upstream.secrets,
  })
  running.push(services.close)
  const { azurite, credential } = services
  endsWith('the storage', once(azurite.process, 'exit'))
  const key = await callerKey(dataDir)
  await grantKey(azurite.blobUrl, credential, key, upstream.enrollments)

  const progress = startProgress(() => performance.now())
  const onEvent = (event: HostEvent, level: string): void => {
    progress.take(event)
    if (SHOWN.has(event.event)) process.stderr.write(`${level}: ${describe(event)}\n`)
  }
  const settings = {
    ...services.env,
    ENROLLMENTS: upstream.enrollments.join(','),
    ENTRA_ENROLLMENTS: upstream.enrollments.join(','),
    ...upstream.settings,
    ...(options.day === undefined ? {} : { BUSINESS_DAY: options.day }),
  }
  running.push(await publishSettings(dataDir, settings))
  const host = await startHost({ ...settings, LOCAL_PORT: String(options.port) }, onEvent)
  running.push(host.stop)
  endsWith('the function host', host.exited)
  const others = await Promise.all(
    Array.from({ length: options.hosts - 1 }, () =>
      startHost({ ...settings, LOCAL_TIMERS: 'off' }, onEvent),
    ),
  )
  for (const other of others) running.push(other.stop)

  say(`Archiving from ${upstream.isSimulated ? 'a simulated source' : upstream.url}`)
  const stopShowing = showProgress(out, progress)
  let timerFailures: string[]
  try {
    timerFailures = await runPass([host, ...others], azurite.queueUrl, credential)
  } finally {
    stopShowing() // otherwise it would run forever
  }

  const at = {
    url: host.url,
    key,
    blobUrl: azurite.blobUrl,
    enrollments: upstream.enrollments,
  }
  const result = await readResult(at, credential, progress)
  for (const failure of timerFailures) say(`Timer failed: ${failure}`)
  report(result, say, options, upstream, dataDir)
  if (!options.once) {
    say(`\nA token of the local tenant, valid for an hour:\n  ${await services.entra.token()}`)
  }
  if (options.once) {
    if (options.json) process.stdout.write(`${JSON.stringify(result)}\n`)
    const faults = [result.failed, result.unreadable, timerFailures]
    if (faults.some((found) => found.length > 0)) process.exitCode = 1
    return stopAll()
  }
  // From here on, everything reported survives a power failure.
  await azurite.saved()
  if (options.json) process.stdout.write(`${JSON.stringify(result)}\n`)
  say('\nServing, with timers on schedule. Press Ctrl-C to stop.')
  await host.exited
}

function report(
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

function describe(event: HostEvent): string {
  const { event: name, line, ...fields } = event
  if (name === 'host.line') return String(line)
  const shown = ['enrollment', 'series', 'part', 'code', 'message', 'why', 'rows']
  const words = shown.map((field) => fields[field])
  return [name, ...words.filter((word) => typeof word === 'string')].join(' ')
}

// The reader closed the pipe, as `head` does: there is no one left to inform.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  void stopAll().then(() => process.exit(0))
})

/** The unexpected end of a process is reported within this time after its connections are closed. */
const SOON_MS = 300

/**
 * Two signals within this time may be one Ctrl-C, because npm passes on what the terminal has already sent to
 * this process; a later one means that the user insists.
 */
const TWICE_MS = 1_000

/** A signal stops everything; a second one does not wait for a clean stop. */
function onSignal(signal: NodeJS.Signals, exitCode: number): void {
  let first: number | null = null
  process.on(signal, () => {
    first ??= performance.now()
    if (stopping !== null) {
      if (performance.now() - first > TWICE_MS) process.exit(exitCode)
      return
    }
    process.stderr.write('\nStopping. The next start continues any unfinished work.\n')
    void stopAll().then(() => process.exit(exitCode))
  })
}
onSignal('SIGHUP', 129)
onSignal('SIGINT', 130)
onSignal('SIGTERM', 143)

endWithNpm(() => {
  if (stopping !== null) return
  process.stderr.write('\nStopping, because npm has ended.\n')
  void stopAll().then(() => process.exit(143))
})

try {
  await start(parseOptions(process.argv))
} catch (error) {
  // A client may see a closed connection before the end of its process is reported, which is the actual
  // cause.
  await Promise.race([anyEnded, delay(SOON_MS)])
  // Errors during the stop are caused by the stop.
  if (stopping === null) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  }
} finally {
  await stopAll()
}
