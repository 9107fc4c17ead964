/** A thread that runs schedules and reports its progress. */
import { parentPort, workerData } from 'node:worker_threads'
import { runSchedule } from '../testing/simulation/schedule.ts'

/** Results of the last schedules. */
export interface ScheduleReport {
  readonly schedules: number
  readonly steps: number
  readonly broken: readonly { readonly seed: number; readonly message: string }[]
}

const REPORT_EVERY = 500

const { first, count } = workerData as { first: number; count: number }
let steps = 0
let schedules = 0
let broken: { seed: number; message: string }[] = []

function report(): void {
  parentPort?.postMessage({ schedules, steps, broken } satisfies ScheduleReport)
  steps = schedules = 0
  broken = []
}

for (let seed = first; seed < first + count; seed++) {
  try {
    steps += (await runSchedule(seed)).steps
  } catch (error) {
    broken.push({ seed, message: error instanceof Error ? error.message : String(error) })
  }
  schedules++
  if (schedules === REPORT_EVERY) report()
}
report()
