/**
 * Timers with schedules and the host's record of past runs: a run missed while no host was running is made up
 * at start.
 */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Cron } from 'croner'

/** The host's record of a timer, with times in ISO 8601. */
export interface ScheduleStatus {
  /** Null if it never ran. */
  readonly last: string | null
  readonly next: string
}

/** Stores the status of every timer; the real host uses its own storage. */
export interface ScheduleMonitor {
  read(name: string): Promise<ScheduleStatus | null>
  write(name: string, status: ScheduleStatus): Promise<void>
}

export interface Timer {
  readonly name: string
  readonly schedule: string
  /** Must not reject. */
  readonly run: (status: ScheduleStatus | null, isPastDue: boolean) => Promise<void>
}

export interface RunningTimers {
  stop(): void
}

/**
 * Starts the timers. A timer that has been due since its recorded status runs at once, marked as past due;
 * missed timers run independently, all together. A timer never overlaps itself. Without a monitor, no run
 * counts as missed.
 */
export async function startTimers(
  timers: readonly Timer[],
  monitor: ScheduleMonitor | null,
  now: () => Date = () => new Date(),
): Promise<RunningTimers> {
  const jobs = await Promise.all(
    timers.map(async ({ name, schedule, run }) => {
      const status = (await monitor?.read(name)) ?? null
      const isPastDue = status !== null && Date.parse(status.next) < now().getTime()
      const job = new Cron(schedule, { timezone: 'UTC', protect: true, paused: true }, () =>
        invoke(false),
      )
      const nextOf = (at: Date): string => (job.nextRun(at) ?? at).toISOString()
      let known = status
      const invoke = async (isLate: boolean): Promise<void> => {
        const at = now()
        await run(known, isLate)
        known = { last: at.toISOString(), next: nextOf(at) }
        await monitor?.write(name, known)
      }
      if (status === null) {
        known = { last: null, next: nextOf(now()) }
        await monitor?.write(name, known)
      }
      return { job, missed: isPastDue ? () => invoke(true) : null }
    }),
  )
  for (const { job, missed } of jobs) {
    // The schedule resumes after the missed run has finished.
    if (missed === null) job.resume()
    else void missed().finally(() => job.resume())
  }
  return {
    stop() {
      for (const { job } of jobs) job.stop()
    },
  }
}

/** A monitor in a file. */
export function fileMonitor(file: string): ScheduleMonitor {
  let writing: Promise<unknown> = Promise.resolve()
  const all = async (): Promise<Record<string, ScheduleStatus>> => {
    try {
      return JSON.parse(await readFile(file, 'utf8')) as Record<string, ScheduleStatus>
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {}
      throw error
    }
  }
  return {
    read: async (name) => (await all())[name] ?? null,
    write(name, status) {
      const written = writing.then(async () => {
        await mkdir(dirname(file), { recursive: true })
        await writeFile(`${file}.new`, JSON.stringify({ ...(await all()), [name]: status }))
        await rename(`${file}.new`, file)
      })
      writing = written.catch(() => {}) // a failed write is reported to its writer
      return written
    },
  }
}
