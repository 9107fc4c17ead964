/** The restore of docs/operations.md on two accounts; returns all differences afterwards. */
import { BlobServiceClient } from '@azure/storage-blob'
import { blobReader } from '../../shared/storage/blob-reader.ts'
import type { BlobReader } from '../../shared/storage/ports.ts'
import { listSeries } from '../../shared/usecases/read/list-series.ts'
import { newestSnapshot } from '../../shared/usecases/read/read-snapshots.ts'
import { restoreArchive } from '../../shared/usecases/repair/restore-archive.ts'
import { writeLedger } from '../../shared/usecases/seal/write-ledger.ts'
import { rebuildState } from '../../shared/usecases/state/rebuild-state.ts'
import { verifyArchive } from '../../shared/usecases/verify/verify-archive.ts'
import { refreshView } from '../../shared/usecases/view/refresh-view.ts'
import { type Stack, startStack, type TestArchive } from '../../testing/stack/archive-stack.ts'

const SIMULATOR = { day: '2017-04-11', months: 2, rowsPerDay: 5, seed: 7 }
const NEXT_DAY = '2017-04-12'
const DAY_AFTER = '2017-04-13'

/** On a separate storage. */
export async function restoreDifferences(): Promise<string[]> {
  const stack = await startStack()
  try {
    return await restoreDrill(stack)
  } finally {
    await stack.close()
  }
}

/** Loses an archive whose anchor was kept, restores it into another account, and continues there. */
async function restoreDrill(stack: Stack): Promise<string[]> {
  const original = await stack.fresh({ simulator: SIMULATOR })
  await original.run(SIMULATOR.day)
  const olderState = await stateOf(stack, original)
  original.simulator.setDay(NEXT_DAY)
  await original.run(NEXT_DAY)
  const anchor = (await writeLedger(original.deps.archive)).sha256
  const found: string[] = []
  for (const [what, state] of [
    ['the state is lost', new Map<string, Buffer>()],
    ['the state is a day older than the snapshots', olderState],
  ] as const) {
    const differences = await restoredDifferences(stack, original, anchor, state)
    found.push(...differences.map((each) => `${what}: ${each}`))
  }
  await original.close()
  return found
}

async function restoredDifferences(
  stack: Stack,
  original: TestArchive,
  anchor: string,
  state: ReadonlyMap<string, Buffer>,
): Promise<string[]> {
  const differences: string[] = []
  const target = await stack.fresh({ simulator: { ...SIMULATOR, day: NEXT_DAY } })
  const { archive } = target.deps
  for (const [name, bytes] of state) await archive.state.write(name, bytes, null)
  const { refused } = await restoreArchive(archive.snapshots, readerOf(stack, original))
  differences.push(...refused.map(({ blob, why }) => `${blob} was refused: ${why}`))
  for await (const series of listSeries(archive.snapshots, archive.sources)) {
    await rebuildState(archive, series)
    const newest = await newestSnapshot(archive.snapshots, series)
    if (newest !== null) await refreshView(archive, newest)
  }
  const { faults } = await verifyArchive(archive, { isDeep: true, isCopy: true, anchor })
  differences.push(...faults.map(({ code, blob, message }) => `${code} ${blob}: ${message}`))
  differences.push(...(await contentDifferences(original, target)))

  // Both continue, from the same source on the same day.
  const [before, after] = [await manifests(original), await manifests(target)]
  original.simulator.setDay(DAY_AFTER)
  target.simulator.setDay(DAY_AFTER)
  await target.run(DAY_AFTER)
  if (before !== after) differences.push(`${after} snapshots instead of ${before}`)
  const next = await verifyArchive(archive, { isDeep: true, isCopy: true, anchor })
  differences.push(...next.faults.map(({ code, blob }) => `after the next pass: ${code} ${blob}`))
  if ((await manifests(target)) <= after) differences.push('the next pass created no snapshot')
  await target.close()
  return differences
}

/** Rows and totals of the newest snapshot of each series. */
async function contentDifferences(a: TestArchive, b: TestArchive): Promise<string[]> {
  const differences: string[] = []
  const { snapshots, sources } = a.deps.archive
  for await (const series of listSeries(snapshots, sources)) {
    const [ours, theirs] = await Promise.all([
      newestSnapshot(snapshots, series),
      newestSnapshot(b.deps.archive.snapshots, series),
    ])
    if (ours?.sha256 === theirs?.sha256) continue
    differences.push(`${series.dataset} ${series.billingPeriod} has a different snapshot`)
  }
  return differences
}

async function manifests({ deps }: TestArchive): Promise<number> {
  let count = 0
  for await (const { name } of deps.archive.snapshots.list('')) {
    if (name.includes('/snapshots/')) count++
  }
  return count
}

function readerOf(stack: Stack, { blobUrl }: TestArchive): BlobReader {
  const service = new BlobServiceClient(blobUrl, stack.services.credential)
  return blobReader(service.getContainerClient('billing-snapshots'))
}

async function stateOf(stack: Stack, { blobUrl }: TestArchive): Promise<Map<string, Buffer>> {
  const service = new BlobServiceClient(blobUrl, stack.services.credential)
  const reader = blobReader(service.getContainerClient('billing-state'))
  const found = new Map<string, Buffer>()
  for await (const { name } of reader.list('')) {
    const { bytes } = await reader.read(name)
    if (bytes !== null) found.set(name, bytes)
  }
  return found
}
