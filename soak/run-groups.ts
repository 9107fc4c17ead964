import { spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { Figure } from '../bench/measure.ts'
import { printFigures } from './report.ts'

/** Figures of one run. */
export interface Group {
  readonly names: readonly string[]
  readonly run: () => Promise<Figure[]>
}

export interface GroupOptions {
  /** The file that runs a single group with `--only`. */
  readonly program: string
  readonly only: string | undefined
  readonly isJson: boolean
  /** Flags for the runs of single groups. */
  readonly flags: Readonly<Record<string, number>>
  readonly say: (line: string) => void
}

/** Runs the requested groups and prints their figures; the exit code is not 0 if one misses its goal. */
export async function runGroups(groups: readonly Group[], options: GroupOptions): Promise<void> {
  const { only, isJson, say } = options
  const isWanted = ({ names }: Group): boolean =>
    only === undefined || names.some((name) => name.startsWith(only) || only.startsWith(name))
  const wanted = groups.filter(isWanted)
  const figures: Figure[] = []
  for (const group of wanted) {
    say(`\n${group.names[0]}`)
    figures.push(...(wanted.length === 1 ? await group.run() : await runApart(group, options)))
  }
  printFigures(figures, isJson)
  if (figures.length === 0 || figures.some((figure) => !figure.ok)) process.exitCode = 1
}

/** Runs a group in a separate process, because each has its own storage and identity. */
async function runApart({ names }: Group, options: GroupOptions): Promise<Figure[]> {
  const flags = { only: names[0], ...options.flags }
  const args = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)])
  const child = spawn(process.execPath, [options.program, '--json', ...args], {
    stdio: ['ignore', 'pipe', options.isJson ? 'inherit' : process.stdout],
  })
  const figures = (await text(child.stdout as Readable)).trim()
  if (figures === '') throw new Error(`the runs of ${names[0]} ended without a figure`)
  return JSON.parse(figures) as Figure[]
}
