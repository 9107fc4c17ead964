/** Restores an archive from a copy in another account; `npm run infra:check` runs the complete procedure. */
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { blobReader } from '../../shared/storage/blob-reader.ts'
import { restoreArchive } from '../../shared/usecases/repair/restore-archive.ts'
import { type Stack, startStack, type TestArchive } from '../../testing/stack/archive-stack.ts'

const ARCHIVE = {
  simulator: { day: '2017-04-02', months: 2, rowsPerDay: 4 },
  settings: { SETTLEMENT_DAYS: '1' },
}

let stack: Stack
let original: TestArchive
let copy: ContainerClient

beforeAll(async () => {
  stack = await startStack()
  original = await stack.fresh(ARCHIVE)
  await original.run()
  const service = new BlobServiceClient(original.blobUrl, stack.services.credential)
  copy = service.getContainerClient('billing-snapshots')
}, 120_000)
afterAll(async () => {
  await original.close()
  await stack.close()
})

it('continues where it was interrupted, and rejects blobs that do not match their digest', async () => {
  const target = await stack.fresh(ARCHIVE)
  const names: string[] = []
  for await (const { name } of copy.listBlobsFlat()) names.push(name)
  const altered = names.find((name) => name.endsWith('.csv')) ?? ''
  const blob = copy.getBlockBlobClient(altered)
  const { metadata = {} } = await blob.getProperties()
  const bytes = await blob.downloadToBuffer()
  await blob.upload(Buffer.from('x'), 1, { metadata })
  const first = await restoreArchive(target.deps.archive.snapshots, blobReader(copy))
  expect(first.refused).toMatchObject([{ blob: altered }])
  expect(first.copied).toBe(names.length - 1)

  await blob.upload(bytes, bytes.length, { metadata })
  const second = await restoreArchive(target.deps.archive.snapshots, blobReader(copy))
  expect(second).toMatchObject({ copied: 1, there: names.length - 1, refused: [] })
  await target.close()
})
