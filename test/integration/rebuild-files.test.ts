/** An upgrade on real storage and a real queue: the newer program rebuilds what the older one archived. */
import { BlobServiceClient } from '@azure/storage-blob'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Deps } from '../../shared/deps.ts'
import type { Series } from '../../shared/format/series.ts'
import { rebuildSeries } from '../../shared/usecases/fetch/rebuild-series.ts'
import { archiveDataset } from '../../shared/usecases/plan/archive-dataset.ts'
import { newestSnapshot, readSnapshot } from '../../shared/usecases/read/read-snapshots.ts'
import { pathsOf } from '../../shared/usecases/verify/rebuilt.ts'
import { verifyArchive } from '../../shared/usecases/verify/verify-archive.ts'
import { datasetOf, newer, older, type Program } from '../../testing/simulation/catalogues.ts'
import {
  drain,
  type Stack,
  startStack,
  type TestArchive,
  withDay,
} from '../../testing/stack/archive-stack.ts'

const DAY = '2017-04-02'
const MARCH: Series = {
  source: 'ea-reporting',
  dataset: 'usagedetails',
  enrollment: '100',
  billingPeriod: '201703',
}

let stack: Stack
let test: TestArchive

beforeAll(async () => {
  stack = await startStack()
  // March is archived as a whole; April has a day or two.
  const settings = { SETTLEMENT_DAYS: '0' }
  test = await stack.fresh({ simulator: { day: DAY, months: 2, rowsPerDay: 40 }, settings })
  await runTimer(older)
}, 60_000)
afterAll(async () => {
  await test.close()
  await stack.close()
})

function hostOf({ catalogue }: Program): Deps {
  const deps = withDay(test.deps, DAY)
  return { ...deps, archive: { ...deps.archive, catalogue } }
}

async function runTimer(program: Program): Promise<void> {
  const host = hostOf(program)
  const signal = AbortSignal.timeout(60_000)
  await archiveDataset(host.archive, datasetOf(program, 'usagedetails'), signal)
  await drain(host, test.queue, signal)
}

it('shares the JSON, seals a snapshot with the new columns, and verifies field by field', async () => {
  const { archive } = hostOf(newer)
  await runTimer(newer)
  const first = (await readSnapshot(archive.snapshots, MARCH, 1))?.manifest
  const newest = (await newestSnapshot(archive.snapshots, MARCH))?.manifest
  expect(first?.rowsVersion).toBe(1)
  expect(newest).toMatchObject({ number: 2, rowsVersion: 2, contentSha256: first?.contentSha256 })
  const files = (manifest: typeof first) => manifest?.parts.flatMap((part) => part.files) ?? []
  expect(pathsOf(files(newest), 'json')).toEqual(pathsOf(files(first), 'json'))
  expect(pathsOf(files(newest), 'csv')).not.toEqual(pathsOf(files(first), 'csv'))
  const service = new BlobServiceClient(test.blobUrl, stack.services.credential)
  const view = service
    .getContainerClient('billing-current')
    .getBlobClient('csv/usagedetails/enrollment=100/period=201703/data.csv')
  const text = (await view.downloadToBuffer()).toString()
  expect(text.slice(0, text.indexOf('\r\n'))).toMatch(/otherFields,benefitId,taxAmount$/)
  for (const program of [newer, older]) {
    const { faults } = await verifyArchive(hostOf(program).archive, { isDeep: true, anchor: null })
    expect(faults).toEqual([])
  }
  const signal = AbortSignal.timeout(60_000)
  const usage = datasetOf(newer, 'usagedetails')
  expect(await rebuildSeries(archive, usage, MARCH, signal)).toEqual({ kind: 'current' })
})
