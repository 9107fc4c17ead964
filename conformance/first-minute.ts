/** Start-up time of the command, and disk space of the README's commands. */
import { spawnSync } from 'node:child_process'
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { atMost, type Figure, median, shown } from '../bench/measure.ts'

const root = join(import.meta.dirname, '..')

const RUNS = 15

/** Alternating, so that other load on the machine affects both equally. */
export async function cliStartFigures(): Promise<Figure[]> {
  const command = join(root, 'cli/billing-archive.mjs')
  const times = { ours: [] as number[], node: [] as number[] }
  time([command, '--version']) // fills the compile cache, like the first start on a machine
  for (let i = 0; i < RUNS; i++) {
    times.ours.push(time([command, '--version']))
    times.node.push(time(['-e', '0']))
  }
  const [ours, node] = [median(times.ours), median(times.node)]
  return [
    atMost('cli-start-ms-vs-node', ours / node, 6),
    shown('cli-start-ms', ours, 'ms'),
    shown('node-start-ms', node, 'ms'),
  ]
}

function time(args: readonly string[]): number {
  const started = performance.now()
  const { status } = spawnSync(process.execPath, args, { stdio: 'ignore' })
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}`)
  return performance.now() - started
}

/** Disk space after `npm ci`: blocks on disk, as counted by `du`. */
export async function installFigures(): Promise<Figure[]> {
  const bytes = await bytesIn(join(root, 'node_modules'))
  return [atMost('install-mib', bytes / 1024 / 1024, 450, 'MiB')]
}

const BLOCK_BYTES = 512

/** `seen`: a file with two names is counted once. */
async function bytesIn(path: string, seen = new Set<number>()): Promise<number> {
  const found = await lstat(path)
  if (seen.has(found.ino)) return 0
  seen.add(found.ino)
  const own = found.blocks * BLOCK_BYTES
  if (!found.isDirectory()) return own
  let sum = own
  for (const name of await readdir(path)) sum += await bytesIn(join(path, name), seen)
  return sum
}
