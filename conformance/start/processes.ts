/** `npm start` as a tree of processes. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

export interface Running {
  readonly child: ChildProcess
  readonly pid: number
  stdout(): string
  /** Both streams, in order of arrival. */
  said(): string
  /** Resolves with the exit code, null if a signal ended it. */
  readonly exit: Promise<number | null>
}

/** How it is started: directly, or by npm, which uses a shell. */
export type By = 'node' | 'npm'

export function startArchive(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  by: By = 'node',
): Running {
  const { PATH = '', HOME = '', TMPDIR = '' } = process.env
  const [command, ...first] =
    by === 'npm'
      ? ['npm', 'start', '--silent', '--']
      : [process.execPath, '--import', './local/compile-cache.mjs', 'local/start.ts']
  const child = spawn(command as string, [...first, ...args], {
    cwd: root,
    env: { PATH, HOME, TMPDIR, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  let stdout = ''
  let all = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    all += text
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    all += text
  })
  return {
    child,
    pid: child.pid as number,
    stdout: () => stdout,
    said: () => all,
    exit: new Promise((done) => child.once('close', (code) => done(code))),
  }
}

export interface ProcessInfo {
  readonly pid: number
  readonly parent: number
  readonly command: string
}

/** All processes below `pid`, including itself. */
export function treeOf(pid: number): ProcessInfo[] {
  const { stdout } = spawnSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' })
  const all = stdout.split('\n').flatMap((line): ProcessInfo[] => {
    const match = /^ *(\d+) +(\d+) (.*)$/.exec(line)
    if (match === null) return []
    return [{ pid: Number(match[1]), parent: Number(match[2]), command: match[3] ?? '' }]
  })
  const found = all.filter((each) => each.pid === pid)
  for (const each of found) found.push(...all.filter(({ parent }) => parent === each.pid))
  return found
}

/** Those that are still running. */
export function alive(processes: readonly ProcessInfo[]): ProcessInfo[] {
  return processes.filter(({ pid, command }) => {
    const { stdout } = spawnSync('ps', ['-o', 'stat=,args=', '-p', String(pid)], {
      encoding: 'utf8',
    })
    const [, state = '', args = ''] = /^(\S+) +(.*)$/m.exec(stdout.trim()) ?? []
    return state !== '' && !state.startsWith('Z') && args === command
  })
}
