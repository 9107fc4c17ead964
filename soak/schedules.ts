import { Worker } from 'node:worker_threads'
import { atLeast, exactly, type Figure } from '../bench/measure.ts'
import type { ScheduleReport } from './simulation-worker.ts'

const WORKERS = 2

/** Runs schedules from seed 0 on, and reports those that break an invariant. */
export async function scheduleFigures(
  schedules: number,
  say: (line: string) => void,
): Promise<Figure[]> {
  const perWorker = Math.ceil(schedules / WORKERS)
  let explored = 0
  let steps = 0
  let nextLine = 0
  const broken: { seed: number; message: string }[] = []
  const take = (report: ScheduleReport): void => {
    explored += report.schedules
    steps += report.steps
    broken.push(...report.broken)
    for (const { seed, message } of report.broken) {
      say(`BROKEN by seed ${seed}: ${message} (npm run soak -- --seed ${seed} shows its steps)`)
    }
    if (explored >= nextLine) {
      say(`${explored} of ${schedules} schedules, ${steps} steps, ${broken.length} broken`)
      nextLine += schedules / 20
    }
  }
  await Promise.all(
    Array.from({ length: WORKERS }, (_, i) => {
      const first = i * perWorker
      const count = Math.min(perWorker, schedules - first)
      return runWorker({ first, count }, take)
    }),
  )
  return [
    atLeast('schedules', explored, 200_000, 'schedules'),
    exactly('invariants-violated', broken.length, 0, 'schedules'),
  ]
}

function runWorker(
  workerData: { first: number; count: number },
  take: (report: ScheduleReport) => void,
): Promise<void> {
  const worker = new Worker(new URL('./simulation-worker.ts', import.meta.url), { workerData })
  return new Promise((resolve, reject) => {
    worker.on('message', take)
    worker.once('error', reject)
    worker.once('exit', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`a worker ended with ${code}`))
    })
  })
}
