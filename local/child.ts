import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** How long a process may take to stop before it is killed. */
const STOP_GRACE_MS = 5_000

const COMPILE_CACHE = new URL('./compile-cache.mjs', import.meta.url).href

/** A child process that reports where it listens. */
export interface Child {
  readonly url: string
  readonly process: ChildProcess
  /** Resolves when the process has ended, for any reason. */
  readonly exited: Promise<void>
  stop(): Promise<void>
}

export interface ChildOptions {
  readonly env: NodeJS.ProcessEnv
  /** The first message to it, if it waits for one. */
  readonly message?: object
  /** Node flags. */
  readonly nodeArguments?: readonly string[]
  /** Receives each line of its standard output. */
  readonly onLine?: (line: string) => void
}

/** Starts `file` and waits until it reports that it is ready. */
export async function startChild(file: URL, options: ChildOptions): Promise<Child> {
  const child = fork(file, {
    env: options.env,
    execArgv: [...(options.nodeArguments ?? []), '--import', COMPILE_CACHE],
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  const { onLine } = options
  if (child.stdout !== null) {
    createInterface({ input: child.stdout }).on('line', (line) => onLine?.(line))
  }
  const exited = once(child, 'exit').then(() => {})
  if (options.message !== undefined) child.send(options.message)
  const url = await new Promise<string>((resolve, reject) => {
    child.once('message', (said: { ready: string }) => resolve(said.ready))
    child.once('exit', (code) => reject(new Error(`${file.pathname} stopped with code ${code}`)))
  })
  return {
    url,
    process: child,
    exited,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
      // Unfinished work can be cut off: the next run resumes it.
      const impatience = setTimeout(() => child.kill('SIGKILL'), STOP_GRACE_MS)
      await exited
      clearTimeout(impatience)
    },
  }
}
