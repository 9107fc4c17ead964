import { readFileSync } from 'node:fs'

/** Linux counts CPU time in hundredths of a second, on every machine that Node runs on. */
const TICKS_PER_SECOND = 100

/** CPU time of a process so far, user and system, in seconds; null if it is unavailable (Linux has it). */
export function cpuSeconds(pid: number | undefined): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field is the name in parentheses, which may contain blanks.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
