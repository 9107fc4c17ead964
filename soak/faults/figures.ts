import { Worker } from 'node:worker_threads'
import { atLeast, exactly, type Figure } from '../../bench/measure.ts'
import { faultCases } from './cases.ts'

/** Archives per storage, which slows down as it fills up. */
const CASES_A_STORAGE = 48

export async function faultFigures(say: (line: string) => void): Promise<Figure[]> {
  let done = 0
  let wrong = 0
  const take = (found: readonly string[]): void => {
    for (const line of found) say(`WRONG ${line}`)
    if (found.length > 0) wrong++
    if (++done % 20 === 0) say(`${done} of ${faultCases.length} cases, ${wrong} wrong`)
  }
  for (let first = 0; first < faultCases.length; first += CASES_A_STORAGE) {
    await runWorker({ first, count: CASES_A_STORAGE }, take)
  }
  return [atLeast('fault-cases', done, 500, 'cases'), exactly('fault-wrong', wrong, 0, 'cases')]
}

/** One thread per storage, because its clients' identity applies to a whole thread. */
function runWorker(
  workerData: { first: number; count: number },
  take: (found: readonly string[]) => void,
): Promise<void> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData })
  return new Promise((resolve, reject) => {
    worker.on('message', take)
    worker.once('error', reject)
    worker.once('exit', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`a worker ended with ${code}`))
    })
  })
}
