/** A thread that runs cases of the fault matrix on its own storage, and reports what was wrong with each. */
import { parentPort, workerData } from 'node:worker_threads'
import { faultCases } from './cases.ts'
import { runFaultCases } from './run-cases.ts'

const { first, count } = workerData as { first: number; count: number }
await runFaultCases(faultCases.slice(first, first + count), (found) => {
  parentPort?.postMessage(found)
})
