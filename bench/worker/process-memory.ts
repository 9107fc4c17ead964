import { readFileSync } from 'node:fs'

/** Peak memory of a process in MiB, according to the system; null if it is unavailable (Linux has it). */
export function peakRssMib(pid: number | undefined): number | null {
  return fromStatus(pid, /VmHWM:\s+(\d+) kB/)
}

/** Current memory of a process in MiB; null if it is unavailable. */
export function rssMib(pid: number | undefined): number | null {
  return fromStatus(pid, /VmRSS:\s+(\d+) kB/)
}

function fromStatus(pid: number | undefined, pattern: RegExp): number | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return Number(pattern.exec(status)?.[1]) / 1024
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
