/** Measures the duration of `npm test`. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { atMost, type Figure, median } from '../../bench/measure.ts'

const RUNS = 3
const GOAL_SECONDS = 240
const root = resolve(import.meta.dirname, '../..')

/** The median of three complete runs; only meaningful on an idle machine. */
export async function testSecondsFigures(say: (line: string) => void): Promise<Figure[]> {
  const seconds: number[] = []
  for (let run = 1; run <= RUNS; run++) {
    seconds.push(await secondsOfTests())
    say(`npm test, run ${run} of ${RUNS}: ${Math.round(seconds.at(-1) ?? 0)} s`)
  }
  return [atMost('test-seconds', Math.round(median(seconds)), GOAL_SECONDS, 's')]
}

/** A failing run has no duration; its output shows why. */
async function secondsOfTests(): Promise<number> {
  const started = performance.now()
  const child = spawn('npm', ['test'], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  const exited = once(child, 'close')
  const said = await Promise.all([text(child.stdout), text(child.stderr)])
  const [code] = (await exited) as [number | null]
  if (code !== 0) throw new Error(`npm test ended with ${code}:\n${said.join('\n').slice(-4_000)}`)
  return (performance.now() - started) / 1_000
}
