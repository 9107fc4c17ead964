/**
 * Older versions of a blob. Azurite keeps none, so a server answers according to the service's reference: the
 * listing (rest/api/storageservices/list-blobs, "include=versions") and a download by `versionid`.
 */
import { createServer, type Server } from 'node:http'
import { ContainerClient } from '@azure/storage-blob'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { blobVersions } from '../../shared/storage/blob-versions.ts'

const NAME = 'ea-reporting/x.csv'
const VERSIONS = ['2026-11-01T00:00:00.0000000Z', '2026-11-03T00:00:00.0000000Z']
const CURRENT = '2026-11-05T00:00:00.0000000Z'

let server: Server
let container: ContainerClient
let isOffered = true

beforeAll(async () => {
  server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://x')
    response.setHeader('x-ms-version', '2025-11-05')
    if (url.searchParams.get('comp') === 'list') {
      const isAsked = (url.searchParams.get('include') ?? '').includes('versions')
      if (!isOffered || !isAsked) {
        response.writeHead(400, { 'x-ms-error-code': 'InvalidQueryParameterValue' }).end()
        return
      }
      response.writeHead(200, { 'content-type': 'application/xml' }).end(listing())
      return
    }
    const version = url.searchParams.get('versionid') ?? ''
    response.writeHead(200, { etag: '"1"', 'content-length': version.length }).end(version)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : 0
  container = new ContainerClient(`http://127.0.0.1:${port}/account/billing-snapshots`)
})
afterAll(() => server.close())

function listing(): string {
  const blob = (name: string, version: string, isCurrent: boolean): string =>
    `<Blob><Name>${name}</Name><VersionId>${version}</VersionId>${isCurrent ? '<IsCurrentVersion>true</IsCurrentVersion>' : ''}<Properties><Last-Modified>Sun, 01 Nov 2026 00:00:00 GMT</Last-Modified><Etag>1</Etag><Content-Length>28</Content-Length><BlobType>BlockBlob</BlobType></Properties></Blob>`
  const blobs = [
    ...VERSIONS.map((version) => blob(NAME, version, false)),
    blob(NAME, CURRENT, true),
    blob(`${NAME}.other`, CURRENT, false),
  ]
  return `<?xml version="1.0" encoding="utf-8"?><EnumerationResults ServiceEndpoint="x" ContainerName="billing-snapshots"><Prefix>${NAME}</Prefix><Blobs>${blobs.join('')}</Blobs><NextMarker /></EnumerationResults>`
}

async function found(): Promise<string[]> {
  const texts: string[] = []
  for await (const { id, bytes } of blobVersions(container, NAME)) {
    const chunks: Buffer[] = []
    for await (const chunk of bytes()) chunks.push(chunk)
    expect(Buffer.concat(chunks).toString()).toBe(id)
    texts.push(id)
  }
  return texts
}

it('are those of exactly this blob except the current one, newest first', async () => {
  expect(await found()).toEqual(VERSIONS.toReversed())
})

it('are none if storage keeps none', async () => {
  isOffered = false
  expect(await found()).toEqual([])
})
