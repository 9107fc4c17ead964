import { type ChildProcess, spawn } from 'node:child_process'
import { resolve } from 'node:path'
import type { RunResult } from '../../local/result.ts'

const root = resolve(import.meta.dirname, '../..')

/** Node flags as in the scripts of package.json. */
export const CACHED = ['--import', './local/compile-cache.mjs']

/** `npm start` as a process, without npm: it runs the output of the tests' build. */
export interface Started {
  readonly child: ChildProcess
  /** Output so far. */
  stdout(): string
  stderr(): string
  /** Resolves with its exit code; null if a signal ended it. */
  readonly exit: Promise<number | null>
}

export function start(args: readonly string[], env: Record<string, string> = {}): Started {
  const { PATH = '', HOME = '', TMPDIR = '' } = process.env
  const child = spawn(process.execPath, [...CACHED, 'local/start.ts', ...args], {
    cwd: root,
    env: { PATH, HOME, TMPDIR, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  return {
    child,
    stdout: () => stdout,
    stderr: () => stderr,
    exit: new Promise((done) => child.once('close', (code) => done(code))),
  }
}

/** Runs it with `--once --json` until it ends. */
export async function startOnce(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<{ code: number | null; result: RunResult; stderr: string }> {
  const run = start(['--once', '--json', ...args], env)
  const code = await run.exit
  if (run.stdout() === '') throw new Error(`it printed nothing on stdout:\n${run.stderr()}`)
  return { code, result: JSON.parse(run.stdout()) as RunResult, stderr: run.stderr() }
}

/** Resolves when its output contains `text`; rejects if it ends before that. */
export async function printed(run: Started, text: string): Promise<void> {
  for (;;) {
    if (run.stdout().includes(text)) return
    if (run.child.exitCode !== null) throw new Error(`it ended:\n${run.stdout()}\n${run.stderr()}`)
    await new Promise((done) => setTimeout(done, 50))
  }
}

/** True if something listens at `url`. */
export async function answers(url: string): Promise<boolean> {
  try {
    await fetch(url)
    return true
  } catch (error) {
    // An untrusted certificate is an answer too.
    const { code } = (error as { cause?: { code?: string } }).cause ?? {}
    return code !== 'ECONNREFUSED'
  }
}
