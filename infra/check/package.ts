/** Checks that the zip works: unpacked into a clean folder, it runs a pass under the local host. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startHost } from '../../local/host-process.ts'
import { runPass } from '../../local/pass.ts'
import { startServices } from '../../local/services.ts'
import { startSimulator } from '../../local/simulator/server.ts'
import { grantKey } from '../../local/storage-setup.ts'
import { makePackage, unpack } from '../package/make.ts'

/** Applies to our own files; packages have folders of these names too. */
const OWN_DEV_FILE = /(^|\/)(test|local|bench|infra|\.ci|\.github)\/|local\.settings|\.ts$/

const DEV_PACKAGE = /^node_modules\/(vitest|azurite|typescript|oxlint)\//

/** True for what must not be deployed. */
function isDevFile(name: string): boolean {
  return name.startsWith('node_modules/') ? DEV_PACKAGE.test(name) : OWN_DEV_FILE.test(name)
}

export async function checkPackage(
  say: (line: string) => void,
): Promise<{ starts: boolean; mib: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'billing-archive-smoke-'))
  try {
    const { file, bytes } = await makePackage(join(folder, 'package.zip'))
    const app = join(folder, 'app')
    const dev = (await unpack(file, app)).filter(isDevFile)
    for (const name of dev) process.stderr.write(`package: ${name} is a dev file\n`)
    const starts = dev.length === 0 && (await smokeRun(app, say))
    return { starts, mib: Math.round((bytes / 2 ** 20) * 10) / 10 }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function smokeRun(app: string, say: (line: string) => void): Promise<boolean> {
  const key = 'key-of-the-smoke-run'
  const services = await startServices({ secrets: new Map([['ea-reporting-key-100', key]]) })
  const simulator = await startSimulator({
    seed: 1,
    months: 1,
    rowsPerDay: 10,
    day: '2017-04-02',
    enrollments: ['100'],
    keys: () => [key],
  })
  await grantKey(services.azurite.blobUrl, services.credential, key, ['100'])
  const host = await startHost(
    {
      ...services.env,
      ENROLLMENTS: '100',
      EA_REPORTING_ENDPOINT: simulator.url,
      BUSINESS_DAY: '2017-04-02',
      LOCAL_APP_FOLDER: app,
    },
    () => {},
  )
  try {
    const failures = await runPass([host], services.azurite.queueUrl, services.credential)
    const response = await fetch(`${host.url}/v3/enrollments/100/usagedetails`, {
      headers: { authorization: `bearer ${key}` },
    })
    const { data } = (await response.json()) as { data?: unknown[] }
    say(`the package served ${data?.length ?? 0} rows`)
    return failures.length === 0 && response.status === 200 && (data?.length ?? 0) > 0
  } finally {
    await host.stop()
    await simulator.close()
    await services.close()
  }
}
