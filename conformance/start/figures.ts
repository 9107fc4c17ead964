/**
 * Measures `npm start` when it can't start, and when its processes are killed: time to end, processes left,
 * snapshots lost.
 */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { atLeast, exactly, type Figure } from '../../bench/measure.ts'
import type { RunResult } from '../../local/result.ts'
import {
  alive,
  type By,
  type ProcessInfo,
  type Running,
  startArchive,
  treeOf,
} from './processes.ts'
import { type Refusal, refusals } from './refusals.ts'

const MIN_CASES = 40

/** Time limits for a failing start and for ending. */
const REFUSED_MS = 2_000
const ENDED_MS = 12_000
const LIMIT_MS = 60_000

const SMALL = ['--months', '2', '--rows-per-day', '20', '--day', '2017-05-12']

export async function startFigures(say: (line: string) => void): Promise<Figure[]> {
  const found: (string | null)[] = []
  const judge = (name: string, fault: string | null): void => {
    found.push(fault)
    if (fault !== null) say(`  ${name}: ${fault}`)
  }
  const { cases, close } = await refusals()
  for (const each of cases) judge(each.name, await refusedFault(each))
  close()
  say(`  ${found.length} start-ups that fail`)
  for (const each of leftovers) judge(each.name, await startsAllTheSame(each.prepare))
  for (const each of endings())
    judge(`${each.signal} to ${each.to}, ${each.when}`, await endedFault(each))
  return [
    atLeast('start-faults', found.length, MIN_CASES, 'cases'),
    exactly('start-faults-wrong', found.filter((fault) => fault !== null).length, 0, 'cases'),
  ]
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'billing archive, start '))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function refusedFault({ args, env = {}, prepare, says }: Refusal): Promise<string | null> {
  return inFolder(async (folder) => {
    await prepare?.(folder)
    const before = await readdir(folder)
    const started = performance.now()
    const flags = args.map((arg) => arg.replace('{folder}', folder))
    const run = startArchive(['--once', '--data-dir', folder, ...SMALL, ...flags], env)
    const code = await ended(run)
    const ms = performance.now() - started
    if (code === 'late') return 'it hangs'
    const lines = run.said().trim().split('\n')
    if (code === 0) return `exit code 0: ${lines.at(-1)}`
    if (ms > REFUSED_MS) return `it took ${ms.toFixed(0)} ms: ${lines.at(-1)}`
    if (/^ +at /m.test(run.said())) return `a stack: ${lines[0]}`
    const reason = lines.filter((line) => !line.startsWith('Starting '))
    if (!says.test(reason.join(' '))) return `it says ${reason.join(' ')}`
    if (reason.length > 3) return `${reason.length} lines: ${reason[0]}`
    const left = (await readdir(folder)).filter((name) => !before.includes(name))
    const isMess = left.some((name) => name === 'owner.json' || name === 'running.settings.json')
    return isMess ? `left behind: ${left.join(', ')}` : null
  })
}

/** What a killed archive may leave in its folder, without keeping the next one from starting. */
const leftovers: readonly { name: string; prepare: (folder: string) => Promise<void> }[] = [
  {
    name: 'a lock of a dead process',
    prepare: (folder) =>
      writeFile(join(folder, 'owner.json'), JSON.stringify({ pid: 2 ** 22 - 1, since: '' })),
  },
  {
    name: 'an empty lock',
    prepare: (folder) => writeFile(join(folder, 'owner.json'), ''),
  },
  {
    name: 'settings of an archive that has ended',
    prepare: (folder) => writeFile(join(folder, 'running.settings.json'), '{"Values":{}}'),
  },
  {
    name: 'no port of the simulator',
    prepare: (folder) => writeFile(join(folder, 'simulator-port'), 'x'),
  },
  {
    name: 'an invalid port of the simulator',
    prepare: (folder) => writeFile(join(folder, 'simulator-port'), '1'),
  },
]

function startsAllTheSame(prepare: (folder: string) => Promise<void>): Promise<string | null> {
  return inFolder(async (folder) => {
    await prepare(folder)
    return wholeFault(folder, 0)
  })
}

interface Ending {
  readonly signal: NodeJS.Signals
  readonly to: 'npm' | 'terminal' | 'npm start' | 'storage' | 'functions' | 'source'
  readonly when: 'archiving' | 'serving'
}

function endings(): Ending[] {
  const cases: Ending[] = []
  for (const when of ['archiving', 'serving'] as const) {
    for (const to of ['npm start', 'storage', 'functions', 'source'] as const) {
      for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGKILL'] as const) {
        cases.push({ signal, to, when })
      }
    }
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) cases.push({ signal, to: 'npm', when })
    // Ctrl-C, and a closed window.
    for (const signal of ['SIGINT', 'SIGHUP'] as const) cases.push({ signal, to: 'terminal', when })
  }
  return cases
}

const COMMANDS: Record<Ending['to'], RegExp> = {
  npm: /\bnpm start\b|npm-cli/,
  terminal: /\bnpm start\b|npm-cli/,
  'npm start': /local\/start\.ts/,
  storage: /azurite/,
  functions: /function-host/,
  source: /simulator/,
}

/** After a signal to one process, all of them must end, and the next start must have everything. */
function endedFault({ signal, to, when }: Ending): Promise<string | null> {
  return inFolder(async (folder) => {
    const by: By = to === 'npm' || to === 'terminal' ? 'npm' : 'node'
    const run = startArchive(['--data-dir', folder, ...SMALL, '--json'], {}, by)
    const isReady = await said(run, when === 'archiving' ? /Archiving from/ : /Serving,/)
    if (!isReady) return `it did not come to ${when}: ${run.said().slice(-200)}`
    const sealed = sealedBy(run)
    const tree = treeOf(run.pid)
    const target = tree.find(({ command }) => COMMANDS[to].test(command))
    if (target === undefined)
      return `no process is ${to}: ${tree.map(({ command }) => command).join('; ')}`
    // A terminal signals the whole process group.
    process.kill(to === 'terminal' ? -run.pid : target.pid, signal)
    if (signal === 'SIGINT' && (to === 'functions' || to === 'source'))
      return goesOnFault(run, tree)
    const started = performance.now()
    let left: ProcessInfo[] = tree
    while (left.length > 0 && performance.now() - started < ENDED_MS) {
      await delay(50)
      left = alive(left)
    }
    if (left.length > 0) {
      for (const { pid } of left) process.kill(pid, 'SIGKILL')
      return `left after ${ENDED_MS} ms: ${left.map(({ command }) => command.slice(-60)).join('; ')}`
    }
    if (/^ +at /m.test(run.said())) return `a stack: ${run.said().slice(-300)}`
    if (
      ['storage', 'functions', 'source'].includes(to) &&
      !/Stopping, because .* has ended/.test(run.said())
    ) {
      return `it does not say what ended: ${run.said().slice(-200)}`
    }
    return wholeFault(folder, sealed)
  })
}

/**
 * Ctrl-C in a terminal reaches these too, but only the process that started them ends them, once their
 * clients are done.
 */
async function goesOnFault(run: Running, tree: readonly ProcessInfo[]): Promise<string | null> {
  await delay(1_000)
  const left = alive(tree)
  process.kill(run.pid, 'SIGTERM')
  const code = await ended(run)
  if (left.length < tree.length) return 'a process ended that its parent should have ended'
  return code === 143 ? null : `it ended with ${code}`
}

/** Snapshots known to be sealed. */
function sealedBy(run: Running): number {
  const line = run.stdout().trim()
  return line === '' ? 0 : (JSON.parse(line) as RunResult).snapshots.length
}

/** Starts again: everything that was sealed must exist, and the rest be archived. */
async function wholeFault(folder: string, sealed: number): Promise<string | null> {
  const run = startArchive(['--once', '--json', '--data-dir', folder, ...SMALL])
  const code = await ended(run)
  if (code !== 0) return `the next start ends with ${code}: ${run.said().slice(-300)}`
  const { snapshots, failed, unreadable } = JSON.parse(run.stdout()) as RunResult
  if (failed.length + unreadable.length > 0)
    return `the next start failed: ${run.said().slice(-300)}`
  const lost = sealed - snapshots.filter(({ isNew }) => !isNew).length
  if (sealed > 0 && lost > 0) return `${lost} snapshots are lost`
  return snapshots.length < SERIES ? `only ${snapshots.length} series` : null
}

/**
 * Series of the simulated bill: the list; balance, usage and prices of two months; Marketplace charges of
 * one.
 */
const SERIES = 7

async function ended(run: Running): Promise<number | null | 'late'> {
  const late = new AbortController()
  const code = await Promise.race([
    run.exit,
    delay(LIMIT_MS, 'late' as const, { signal: late.signal }).catch(() => 'late' as const),
  ])
  late.abort()
  if (code === 'late') for (const { pid } of treeOf(run.pid)) process.kill(pid, 'SIGKILL')
  return code
}

async function said(run: Running, words: RegExp): Promise<boolean> {
  const until = performance.now() + LIMIT_MS
  while (performance.now() < until) {
    if (words.test(run.said())) return true
    if (run.child.exitCode !== null) return false
    await delay(20)
  }
  return false
}
