/** An archive on disk whose one settled month has very many rows. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Child, startChild } from '../local/child.ts'
import { type HostProcess, startHost } from '../local/host-process.ts'
import { runPass } from '../local/pass.ts'
import { type Services, startServices } from '../local/services.ts'
import type { SimulatorMessage } from '../local/simulator/main.ts'
import { grantKey } from '../local/storage-setup.ts'

const KEY = 'the-key-of-the-large-month'

/** March has settled by then; April has one day. */
const DAY = '2017-04-01'
export const LARGE_PERIOD = '201703'
const DAYS = 31

export interface LargeMonth {
  readonly services: Services
  readonly env: Readonly<Record<string, string>>
  readonly key: string
  /** A function host that serves it. */
  host(env?: Readonly<Record<string, string>>): Promise<HostProcess>
  close(): Promise<void>
}

/** Number of rows of the price sheet, if set. */
export async function largeMonth(
  rows: number,
  say: (line: string) => void,
  prices?: number,
): Promise<LargeMonth> {
  const dataDir = await mkdtemp(join(tmpdir(), 'billing-archive-large-'))
  const { PATH, HOME, TMPDIR } = process.env
  const message: SimulatorMessage = {
    seed: 1,
    months: 2,
    rowsPerDay: Math.ceil(rows / DAYS),
    distinctRows: 3_000,
    ...(prices === undefined ? {} : { prices }),
    enrollments: ['100'],
    day: DAY,
    key: KEY,
    port: 0,
  }
  const source: Child = await startChild(new URL('../local/simulator/main.ts', import.meta.url), {
    env: { PATH, HOME, TMPDIR },
    message,
  })
  const services = await startServices({
    dataDir,
    secrets: new Map([['ea-reporting-key-100', KEY]]),
  })
  await grantKey(services.azurite.blobUrl, services.credential, KEY, ['100'])
  const env = {
    ...services.env,
    ENROLLMENTS: '100',
    EA_REPORTING_ENDPOINT: source.url,
    BUSINESS_DAY: DAY,
    SETTLEMENT_DAYS: '0',
    LOCAL_TIMERS: 'off',
    LOG_LEVEL: 'info',
  }
  const running: HostProcess[] = []
  const host = async (more: Readonly<Record<string, string>> = {}): Promise<HostProcess> => {
    const started = await startHost({ ...env, ...more }, ({ event, ...fields }, level) => {
      if (level === 'error') say(`${event} ${JSON.stringify(fields)}`)
    })
    running.push(started)
    return started
  }
  say(`archiving a month of ${rows} rows`)
  const archiver = await host()
  const began = performance.now()
  await runPass([archiver], services.azurite.queueUrl, services.credential)
  say(`archived in ${((performance.now() - began) / 1_000).toFixed(0)} s`)
  await archiver.stop()
  await source.stop()
  return {
    services,
    env,
    key: KEY,
    host,
    async close() {
      await Promise.all(running.map((each) => each.stop()))
      await services.close()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
