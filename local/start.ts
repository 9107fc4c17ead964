/** `npm start`: Billing Archive on one machine, without Azure. */
import { resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { beforeStart } from './before-start.ts'
import { endWithNpm } from './end-with-npm.ts'
import { parseOptions } from './options.ts'
import { startStops } from './stops.ts'

const stops = startStops(onFatal)

function onFatal(words: string): void {
  process.stderr.write(`\n${words}\n`)
  void stops.all().then(() => process.exit(1))
}

// The reader closed the pipe, as `head` does: there is no one left to inform.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  void stops.all().then(() => process.exit(0))
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
    if (stops.isStopping()) {
      if (performance.now() - first > TWICE_MS) process.exit(exitCode)
      return
    }
    process.stderr.write('\nStopping. The next start continues any unfinished work.\n')
    void stops.all().then(() => process.exit(exitCode))
  })
}
onSignal('SIGHUP', 129)
onSignal('SIGINT', 130)
onSignal('SIGTERM', 143)

endWithNpm(() => {
  if (stops.isStopping()) return
  process.stderr.write('\nStopping, because npm has ended.\n')
  void stops.all().then(() => process.exit(143))
})

try {
  const options = parseOptions(process.argv)
  const dataDir = resolve(options.dataDir)
  stops.add(await beforeStart(options, dataDir))
  // Loaded only now: a start that is refused takes a third of the time.
  const { runArchive } = await import('./run-archive.ts')
  await runArchive(options, dataDir, stops, onFatal)
} catch (error) {
  // A client may see a closed connection before the end of its process is reported, which is the actual
  // cause.
  await Promise.race([stops.anyEnded, delay(SOON_MS)])
  // Errors during the stop are caused by the stop.
  if (!stops.isStopping()) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  }
} finally {
  await stops.all()
}
