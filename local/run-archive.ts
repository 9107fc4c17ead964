/** Starts storage, source and functions, archives once, and serves until it is stopped. */
import { once } from 'node:events'
import { callerKey } from './caller-key.ts'
import { watchDisk } from './disk-space.ts'
import { type HostEvent, startHost } from './host-process.ts'
import { runPass } from './pass.ts'
import { showProgress, startProgress } from './progress.ts'
import { report, shownLine } from './report.ts'
import { readResult } from './result.ts'
import { publishSettings } from './running-settings.ts'
import { startServices } from './services.ts'
import type { StartOptions } from './start-options.ts'
import type { Stops } from './stops.ts'
import { grantKey } from './storage-setup.ts'
import { startUpstream } from './upstream.ts'

/**
 * Runs the archive of a data folder that this process has locked. Resolves when the hosts have stopped; sets
 * the exit code if a part failed. `onFatal` gets the reason if it can't continue.
 */
export async function runArchive(
  options: StartOptions,
  dataDir: string,
  stops: Stops,
  onFatal: (words: string) => void,
): Promise<void> {
  const out = options.json ? process.stderr : process.stdout
  const say = (text: string): void => void out.write(`${text}\n`)

  say('Starting storage, a vault and the functions. The first run takes a few seconds.')
  const stopWatching = watchDisk(dataDir, onFatal)
  stops.add(async () => stopWatching())
  const upstream = await startUpstream(options, dataDir, process.env)
  stops.add(upstream.stop)
  stops.endsWith('the simulated source', upstream.ended)
  const services = await startServices({
    dataDir,
    blobPort: options.blobPort,
    secrets: upstream.secrets,
  })
  stops.add(services.close)
  const { azurite, credential } = services
  stops.endsWith('the storage', once(azurite.process, 'exit'))
  const key = await callerKey(dataDir)
  await grantKey(azurite.blobUrl, credential, key, upstream.enrollments)

  const progress = startProgress(() => performance.now())
  const onEvent = (event: HostEvent, level: string): void => {
    progress.take(event)
    const line = shownLine(event, level)
    if (line !== null) process.stderr.write(`${line}\n`)
  }
  const settings = {
    ...services.env,
    ENROLLMENTS: upstream.enrollments.join(','),
    ENTRA_ENROLLMENTS: upstream.enrollments.join(','),
    ...upstream.settings,
    ...(options.day === undefined ? {} : { BUSINESS_DAY: options.day }),
  }
  stops.add(await publishSettings(dataDir, settings))
  const host = await startHost({ ...settings, LOCAL_PORT: String(options.port) }, onEvent)
  stops.add(host.stop)
  stops.endsWith('the function host', host.exited)
  const others = await Promise.all(
    Array.from({ length: options.hosts - 1 }, () =>
      startHost({ ...settings, LOCAL_TIMERS: 'off' }, onEvent),
    ),
  )
  for (const other of others) stops.add(other.stop)

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
    return stops.all()
  }
  // From here on, everything reported survives a power failure.
  await azurite.saved()
  if (options.json) process.stdout.write(`${JSON.stringify(result)}\n`)
  say('\nServing, with timers on schedule. Press Ctrl-C to stop.')
  await host.exited
}
