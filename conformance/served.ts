/** An archive served over HTTP by a function host, as in Azure. */
import { type HostProcess, startHost } from '../local/host-process.ts'
import type { Stack, TestArchive } from '../testing/stack/archive-stack.ts'
import type { FreshOptions } from '../testing/stack/test-source.ts'

export interface Served {
  readonly archive: TestArchive
  readonly host: HostProcess
  readonly url: string
  /** Lines of the host that report failures. */
  readonly failures: readonly string[]
  close(): Promise<void>
}

export interface ServedOptions extends FreshOptions {
  /** Settings for the host only. */
  readonly hostSettings?: Readonly<Record<string, string>>
  /** Earlier days on which everything is archived too. */
  readonly earlierDays?: readonly string[]
}

/** Archives everything on the simulator's day, then serves it. */
export async function serve(stack: Stack, options: ServedOptions = {}): Promise<Served> {
  const archive = await stack.fresh(options)
  const day = archive.simulator.day()
  for (const earlier of options.earlierDays ?? []) {
    archive.simulator.setDay(earlier)
    await archive.run()
  }
  archive.simulator.setDay(day)
  await archive.run()
  const failures: string[] = []
  const host = await startHost(
    {
      ...archive.settings,
      BUSINESS_DAY: archive.simulator.day(),
      LOCAL_TIMERS: 'off',
      LOG_LEVEL: 'info',
      ...options.hostSettings,
    },
    ({ event, ...fields }, level) => {
      if (level === 'error' || event === 'host.line')
        failures.push(`${event} ${JSON.stringify(fields)}`)
    },
  )
  return {
    archive,
    host,
    url: host.url,
    failures,
    async close() {
      await host.stop()
      await archive.close()
    },
  }
}
