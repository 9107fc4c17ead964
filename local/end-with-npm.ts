/**
 * `npm start` runs npm, usually a shell, and this process. npm sends a signal to the shell, which dies
 * without passing it on; npm may also be killed. So check whether both are still running.
 */
import { execFile } from 'node:child_process'
import { isAlive } from './is-alive.ts'

const LOOK_MS = 250

/** Calls `onEnd` once, when the npm that started this process has ended. Does nothing without npm. */
export function endWithNpm(onEnd: () => void): void {
  if (process.env['npm_lifecycle_event'] === undefined) return
  const parent = process.ppid
  let npm: number | null = null
  // Without `ps`, only the shell is checked.
  execFile('ps', ['-o', 'ppid=', '-p', String(parent)], (error, stdout) => {
    const found = Number(stdout.trim())
    if (error === null && found > 1) npm = found
  })
  const timer = setInterval(() => {
    if (process.ppid === parent && (npm === null || isAlive(npm))) return
    clearInterval(timer)
    onEnd()
  }, LOOK_MS)
  timer.unref()
}
