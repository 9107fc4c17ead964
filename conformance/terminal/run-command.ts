/** Runs `billing-archive …` on a terminal, with a pipe, and with a closed pipe. */
import { spawn, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export type Reader = 'pipe' | 'terminal' | 'closed'

export interface Ran {
  /** Null if it did not end in time. */
  readonly code: number | null
  /** On a terminal, both streams are merged. */
  readonly stdout: string
  readonly stderr: string
}

const COMMAND = fileURLToPath(new URL('../../cli/billing-archive.mjs', import.meta.url))

/** Longer than any command here should take. */
const LIMIT_MS = 30_000

const COLUMNS = 80

/** True if this machine can run a command on a terminal. */
export function hasTerminal(): boolean {
  return spawnSync('script', ['--version']).status === 0
}

export async function runCommand(
  args: readonly string[],
  reader: Reader,
  { cwd, env }: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<Ran> {
  const line = [process.execPath, COMMAND, ...args]
  const [command = '', ...rest] =
    reader === 'terminal'
      ? ['script', '-qec', `stty cols ${COLUMNS}; ${line.map(quoted).join(' ')}`, '/dev/null']
      : line
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(command, rest, {
    cwd,
    env: { PATH, HOME, TERM: 'xterm', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  })
  // Answers prompts with no.
  child.stdin.on('error', () => {}).end(reader === 'terminal' ? 'n\n' : '')
  let stdout = ''
  let stderr = ''
  if (reader === 'closed') child.stdout.destroy()
  else child.stdout.setEncoding('utf8').on('data', (text: string) => void (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (stderr += text))
  let isLate = false
  const timer = setTimeout(() => {
    isLate = true
    process.kill(-(child.pid as number), 'SIGKILL')
  }, LIMIT_MS)
  const code = await new Promise<number | null>((done) => child.once('close', done))
  clearTimeout(timer)
  // A terminal echoes its input.
  const said = stdout.replaceAll('\r\n', '\n').replace(reader === 'terminal' ? /^n\n/m : /^$/, '')
  return { code: isLate ? null : code, stdout: said, stderr }
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`
}
