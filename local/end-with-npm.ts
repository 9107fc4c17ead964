/**
 * `npm start` is npm, mostly a shell, and this process. npm hands a signal to the shell, which dies of it and hands it to
 * nobody; npm may also be killed. So look whether both are still there.
 */
import { execFile } from 'node:child_process'
import { isAlive } from './is-alive.ts'

const LOOK_MS = 250

/** Calls `onEnd` once, when what npm started us by has ended. Does nothing where it was not npm. */
export function endWithNpm(onEnd: () => void): void {
  if (process.env['npm_lifecycle_event'] === undefined) return
  const parent = process.ppid
  let npm: number | null = null
  // Where there is no `ps`, the shell alone is looked at.
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
