import { readFileSync } from 'node:fs'

/**
 * The most memory that a process has had so far, in MiB, as the system counts it; null where it does not
 * say (Linux does).
 */
export function peakRssMib(pid: number | undefined): number | null {
  return fromStatus(pid, /VmHWM:\s+(\d+) kB/)
}

/** The memory that a process has now, in MiB; null where the system does not say. */
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
