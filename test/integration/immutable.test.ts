/**
 * No function of this program changes or removes a byte of a snapshot, checked on the actual requests to
 * storage.
 */
import type { IncomingHttpHeaders } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { randomFor } from '../../local/simulator/random.ts'
import { sweep } from '../../shared/usecases/plan/sweep.ts'
import { newestSnapshot } from '../../shared/usecases/read/read-snapshots.ts'
import { reconcileAll } from '../../shared/usecases/reconcile/reconcile-all.ts'
import { writeLedger } from '../../shared/usecases/seal/write-ledger.ts'
import { rebuildState } from '../../shared/usecases/state/rebuild-state.ts'
import { reportStatus } from '../../shared/usecases/status/report-status.ts'
import { verifyDaily } from '../../shared/usecases/verify/verify-daily.ts'
import { rebuildView } from '../../shared/usecases/view/refresh-view.ts'
import { type StorageProxy, startStorageProxy } from '../../soak/faults/storage-proxy.ts'
import { type Stack, startStack, type TestArchive } from '../../testing/stack/archive-stack.ts'
import { openArchive } from '../../testing/stack/read-archive.ts'

const SERIES = {
  source: 'ea-reporting',
  dataset: 'usagedetails',
  enrollment: '100',
  billingPeriod: '201704',
}

let stack: Stack
let test: TestArchive
let proxy: StorageProxy
const requests: { call: string; headers: IncomingHttpHeaders }[] = []

beforeAll(async () => {
  stack = await startStack(1)
  const { azurite, certificate } = stack.services
  const { origin } = new URL(azurite.blobUrl)
  proxy = await startStorageProxy(origin, certificate, randomFor('none'), (request) => {
    const call = `${request.method} ${request.url}`
    requests.push({ call, headers: request.headers })
  })
  test = await stack.fresh({ simulator: { day: '2017-04-02', months: 1, rowsPerDay: 40 } })
}, 60_000)
afterAll(async () => {
  await proxy.close()
  await test.close()
  await stack.close()
})

describe('everything that this program does', () => {
  it('creates files of snapshots under a condition, and never replaces or removes one', async () => {
    const account = new URL(test.blobUrl).pathname
    const host = test.host({ ARCHIVE_STORAGE__blobServiceUri: `${proxy.url}${account}` })
    const { archive } = host
    const signal = AbortSignal.timeout(60_000)
    const stored = openArchive(test.blobUrl, stack.services.credential)
    const before = new Map<string, string>()
    for (const day of ['2017-04-02', '2017-04-03']) {
      test.simulator.setDay(day)
      await test.runOn(host, day)
      await sweep(archive)
      await writeLedger(archive)
      await reconcileAll(archive, signal)
      await verifyDaily({ ...archive, businessDay: () => day }, signal)
      await reportStatus({ ...archive, keyRing: host.keyRing })
      const newest = await newestSnapshot(archive.snapshots, SERIES)
      if (newest !== null) await rebuildView(archive, newest)
      await rebuildState(archive, SERIES)
      // Everything that existed before is unchanged, to the byte.
      for (const [name, bytes] of before) {
        expect((await stored.bytes('billing-snapshots', name)).toString('base64')).toBe(bytes)
      }
      for (const name of await stored.names('billing-snapshots')) {
        before.set(name, (await stored.bytes('billing-snapshots', name)).toString('base64'))
      }
    }
    expect(before.size).toBeGreaterThan(20)

    const writes = requests.filter(({ call }) => /^(?!GET|HEAD)/.test(call))
    const toSnapshots = writes.filter(({ call }) => call.includes('/billing-snapshots/'))
    expect(toSnapshots.length).toBeGreaterThan(20)
    // Staged blocks are invisible; whatever creates a blob must be the first to do so.
    const visible = toSnapshots.filter(({ call }) => !/comp=block(&|$)/.test(call))
    const careless = visible.filter(({ headers }) => headers['if-none-match'] !== '*')
    expect(careless.map(({ call }) => call)).toEqual([])
    expect(toSnapshots.filter(({ call }) => !call.startsWith('PUT '))).toEqual([])
    expect(writes.filter(({ call }) => call.startsWith('DELETE '))).toEqual([])
  }, 120_000)
})
