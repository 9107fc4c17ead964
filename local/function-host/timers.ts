/** Timers by their schedules, with the host's memory of them: what was missed while no host ran is run at its start. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Cron } from 'croner'

/** What the host remembers of a timer, as times in ISO 8601. */
export interface ScheduleStatus {
  /** Null if it never ran. */
  readonly last: string | null
  readonly next: string
}

/** Keeps the statuses of all timers; the real host has them in the storage of its own. */
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
 * Starts the timers. One that was due since the monitor heard of it last is run at once and told so, whatever else is
 * run then: each for itself, all together. None overlaps itself. Without a monitor nothing was missed.
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
    // The schedule goes on when what was missed has been done.
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
      writing = written.catch(() => {}) // whoever wrote it hears of it
      return written
    },
  }
}
