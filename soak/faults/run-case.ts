/**
 * One cell of the matrix: archives while something fails, checks what is visible, then archives without
 * faults.
 */
import type { QueueClient } from '@azure/storage-queue'
import type { Deps } from '../../shared/deps.ts'
import { archivePart } from '../../shared/usecases/fetch/archive-part.ts'
import { recordExhausted } from '../../shared/usecases/fetch/part-outcome.ts'
import { archiveDataset } from '../../shared/usecases/plan/archive-dataset.ts'
import { sweep } from '../../shared/usecases/plan/sweep.ts'
import type { PartMessage } from '../../shared/usecases/state/part-message.ts'
import { checkHealth } from '../../shared/usecases/status/check-health.ts'
import { verifyArchive } from '../../shared/usecases/verify/verify-archive.ts'
import { type Stack, type TestArchive, withDay } from '../../testing/stack/archive-stack.ts'
import { openArchive, type StoredArchive } from '../../testing/stack/read-archive.ts'
import { ENROLLMENT } from '../../testing/stack/test-source.ts'
import { readMessage, stages, workQueue } from '../../testing/stack/work-queue.ts'
import { wrongRows } from '../../testing/stack/wrong-rows.ts'
import type { FaultCase } from './cases.ts'
import type { StorageProxy } from './storage-proxy.ts'

/** Rows per day: two pages, and a CSV file of two blocks. */
const BILL = { day: '2017-04-02', months: 1, rowsPerDay: 1_100, prices: 50 }
/** The client's retries are short here, so that a case does not take minutes. */
const SETTINGS = { RETRY_TRIES: '3', RETRY_BASE_MS: '5', REQUEUE_AFTER_MINUTES: '1' }
const DELIVERIES = 2
/** How long the source may be silent, if that is the fault; other cases do not depend on time. */
const SHORT = { RETRY_HEADERS_SECONDS: '1', RETRY_TRY_SECONDS: '2' }
/** Longer than a pass takes on a busy machine. */
const LEASE_SECONDS = 300
const PASS_MS = 1_200_000

export interface Proxies {
  readonly blob: StorageProxy
  readonly queue: StorageProxy
}

/** What was wrong; empty if nothing. */
export async function runCase(stack: Stack, proxies: Proxies, one: FaultCase): Promise<string[]> {
  const test = await stack.fresh({ simulator: BILL, settings: SETTINGS })
  const account = new URL(test.blobUrl).pathname.slice(1)
  const { credential, vault } = stack.services
  try {
    const isSilent = one.source?.kind === 'hang' || one.source?.kind === 'stall'
    const failing = test.host({
      ...(isSilent ? SHORT : {}),
      ARCHIVE_STORAGE__blobServiceUri: `${proxies.blob.url}/${account}`,
      ARCHIVE_STORAGE__queueServiceUri: `${proxies.queue.url}/${account}`,
    })
    test.simulator.setFaults(one.source === undefined ? [] : [one.source])
    proxies.blob.setFaults(account, one.storage === undefined ? [] : [one.storage])
    proxies.queue.setFaults(account, one.queue === undefined ? [] : [one.queue])
    if (one.vault !== undefined) vault.failing.set(test.secret, one.vault)
    await pass(withDay(failing, BILL.day), test, false)

    const stored = openArchive(test.blobUrl, credential)
    // After a restatement, rows fetched before it are right but old.
    const isRestated = one.source?.kind === 'restate'
    const wrong = await visibleFaults(test, stored, !isRestated)
    const happened =
      test.simulator.faultCount() + proxies.blob.faultsOf(account) + proxies.queue.faultsOf(account)
    // A case whose fault never happens proves nothing.
    if (happened === 0 && one.vault === undefined) wrong.push('its fault did not happen')
    test.simulator.setFaults([])
    proxies.blob.setFaults(account, [])
    proxies.queue.setFaults(account, [])
    vault.failing.delete(test.secret)

    const peaceful = withDay(test.host(), BILL.day)
    await pass(peaceful, test, true)
    await sweep(peaceful.archive)
    wrong.push(...(await wrongRows(stored, test.simulator, BILL.day)))
    const { faults } = await verifyArchive(peaceful.archive, { isDeep: false, anchor: null })
    wrong.push(...faults.map(({ code, blob }) => `in the end ${code} ${blob}`))
    return wrong.map((line) => `${one.name}: ${line}`)
  } finally {
    await test.close()
  }
}

/** Timers, then messages, like a host: failures are delivered again, and finally dropped. */
async function pass(deps: Deps, test: TestArchive, isStrict: boolean): Promise<void> {
  const signal = AbortSignal.timeout(PASS_MS)
  for (const stage of stages) {
    for (const dataset of stage) {
      try {
        await archiveDataset(deps.archive, dataset, signal)
      } catch (error) {
        if (isStrict) throw error // a failed timer runs again later
      }
    }
    await work(deps, test.queue, signal)
  }
}

async function work({ archive }: Deps, queue: QueueClient, signal: AbortSignal): Promise<void> {
  const handle = async (message: PartMessage): Promise<void> => {
    for (let delivery = 1; delivery <= DELIVERIES; delivery++) {
      try {
        return await archivePart(archive, message, signal)
      } catch {
        // If storage fails, nothing can be recorded either.
        if (delivery === DELIVERIES) await recordExhausted(archive, message).catch(() => {})
      }
    }
  }
  await workQueue(queue, { atOnce: 4, leaseSeconds: LEASE_SECONDS, read: readMessage, handle })
}

/** What must never happen: partial data becomes visible, or a part fails without a code. */
async function visibleFaults(
  test: TestArchive,
  stored: StoredArchive,
  isNewest: boolean,
): Promise<string[]> {
  const { archive } = test.host()
  const { faults } = await verifyArchive(archive, { isDeep: false, anchor: null })
  const wrong = faults.map(({ code, blob }) => `visible: ${code} ${blob}`)
  if (isNewest) {
    wrong.push(...(await wrongRows(stored, test.simulator, BILL.day, { isPartial: true })))
  }
  for (const series of await checkHealth(archive, [ENROLLMENT])) {
    for (const { part, code } of series.failed) {
      if (code === 'UNEXPECTED') wrong.push(`${series.dataset} ${part} failed without a code`)
    }
  }
  return wrong
}
