import { daysOf, monthOf } from '../../local/simulator/months.ts'
import { atLeast, atMost, type Figure, median, shown } from '../measure.ts'
import { startBenchStack } from './bench-stack.ts'
import type { PageSourceMessage } from './page-source.ts'
import { STAGES, type Stage, type StageMessage, type StageResult, startStages } from './stage.ts'

const DAY = '2017-05-31'
const PARALLEL = 16

/**
 * From HTTP to committed blobs in a separate worker process, compared with the slowest single stage and with
 * a naive implementation. `pages`: per day of a month of 31.
 */
export async function endToEndFigures(
  pages: number,
  rounds: number,
  say: (line: string) => void,
): Promise<Figure[]> {
  const days = daysOf(monthOf(DAY), DAY)
  const rows = days.length * pages * 1_000
  say(`End to end: ${rows} rows, ${rounds} rounds interleaved`)
  const sourceMessage: PageSourceMessage = {
    day: DAY,
    months: 1,
    pagesPerDay: pages,
    rowsPerPage: 1_000,
    latencyMs: 0,
  }
  const stack = await startBenchStack(new URL('./page-source.ts', import.meta.url), sourceMessage)
  const worker = await startStages(stack.env)
  const results = new Map<Stage, StageResult[]>(STAGES.map((stage) => [stage, []]))
  for (let round = 0; round <= rounds; round++) {
    for (const stage of STAGES) {
      const message: StageMessage = { stage, days, parallel: stage === 'naive' ? 1 : PARALLEL }
      const result = await worker.run(message)
      // The first round only warms up.
      if (round > 0) results.get(stage)?.push(result)
      const { wallMs, cpuMs } = result
      say(
        `  ${stage.padEnd(7)} ${(wallMs / 1_000).toFixed(2)} s, CPU ${(cpuMs / 1_000).toFixed(2)} s`,
      )
    }
  }
  await worker.stop()
  await stack.close()

  const of = (stage: Stage, value: keyof StageResult): number =>
    median((results.get(stage) ?? []).map((result) => result[value]))
  const stages = ['read', 'gzip', 'sha256', 'upload'] as const
  const floor = Math.max(...stages.map((stage) => of(stage, 'wallMs')))
  return [
    atMost('end-to-end-vs-floor', of('ours', 'wallMs') / floor, 1.3),
    atLeast('end-to-end-cpu-vs-naive', of('naive', 'cpuMs') / of('ours', 'cpuMs'), 3.5),
    shown('end-to-end-wall-vs-naive', of('naive', 'wallMs') / of('ours', 'wallMs'), 'times'),
    shown('end-to-end-rows', rows / (of('ours', 'wallMs') / 1_000), 'rows/s'),
    shown('end-to-end-cpu-per-million', (of('ours', 'cpuMs') / rows) * 1_000, 's'),
    ...stages.map((stage) => shown(`stage-${stage}`, of(stage, 'wallMs') / 1_000, 's')),
  ]
}
