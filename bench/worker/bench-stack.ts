import { type Child, startChild } from '../../local/child.ts'
import { type HostProcess, startHost } from '../../local/host-process.ts'
import { drained } from '../../local/pass.ts'
import { type Services, startServices } from '../../local/services.ts'

const KEY = 'bench'

/** Storage, identity, a vault and a source for the hosts. */
export interface BenchStack {
  readonly services: Services
  /** Environment of processes that use these services. */
  readonly env: Readonly<Record<string, string>>
  /** Starts function hosts on the queue. */
  hosts(count: number, env?: Readonly<Record<string, string>>): Promise<HostProcess[]>
  close(): Promise<void>
}

/** `file`: the source's process; `message`: its first message. */
export async function startBenchStack(file: URL, message: object): Promise<BenchStack> {
  const source: Child = await startChild(file, {
    env: processEnv(),
    message: { ...message, key: KEY },
  })
  const services = await startServices({ secrets: new Map([['ea-reporting-key-100', KEY]]) })
  const env = { ...services.env, ENROLLMENTS: '100', EA_REPORTING_ENDPOINT: source.url }
  const running: HostProcess[] = []
  return {
    services,
    env,
    async hosts(count, more = {}) {
      const started = await Promise.all(
        Array.from({ length: count }, () =>
          startHost({ ...env, LOCAL_TIMERS: 'off', LOG_LEVEL: 'info', ...more }, () => {}),
        ),
      )
      running.push(...started)
      return started
    },
    async close() {
      await Promise.all(running.map((host) => host.stop()))
      await services.close()
      await source.stop()
    },
  }
}

/** The part of our environment that every process needs. */
export function processEnv(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env
  return { PATH, HOME, TMPDIR }
}

/** Runs a dataset's timer on the first host until all work is done; returns milliseconds. */
export async function timedRun(
  { services }: Pick<BenchStack, 'services'>,
  hosts: readonly HostProcess[],
  dataset: string,
): Promise<number> {
  const began = performance.now()
  await hosts[0]?.runTimer(`archive-${dataset}`)
  await drained(hosts, services.azurite.queueUrl, services.credential)
  return performance.now() - began
}
