/** Downloads in a separate account: the archive's would keep and bill deleted blobs for a month. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Ask, apiClient } from '../../testing/http/api-client.ts'
import { type Stack, startStack, type TestArchive } from '../../testing/stack/archive-stack.ts'
import { openArchive } from '../../testing/stack/read-archive.ts'

const ROWS = '/archive/enrollments/100/usagedetails/201704/rows?limit=all'

let stack: Stack
let other: TestArchive
let test: TestArchive
let ask: Ask

beforeAll(async () => {
  stack = await startStack()
  other = await stack.fresh({ simulator: { months: 1 } })
  test = await stack.fresh({
    simulator: { day: '2017-05-02', rowsPerDay: 5, months: 2 },
    settings: {
      DOWNLOAD_STORAGE__blobServiceUri: other.blobUrl,
      REDIRECT_OVER_BYTES: '1024',
      SETTLEMENT_DAYS: '1',
    },
  })
  await test.run()
  ask = apiClient(test.deps.http, test.key)
}, 60_000)
afterAll(async () => {
  await test.close()
  await other.close()
  await stack.close()
})

/** The target of a redirect, which must be a file. */
async function follow(url: string): Promise<string> {
  const { status, headers } = await ask(url)
  const location = headers.get('location') ?? ''
  expect(status).toBe(307)
  const file = await fetch(location)
  expect([file.status, (await file.text()).length > 1_024]).toEqual([200, true])
  return location
}

describe('an account for downloads', () => {
  it('has the composed files, and the archive has none', async () => {
    const { status, text } = await ask(`${ROWS}&format=ndjson&select=date,cost`)
    expect(status).toBe(202)
    await test.compose()
    const { url } = JSON.parse(text) as { url: string }
    const location = await follow(`${url}/file`)
    expect(location.startsWith(`${other.blobUrl}/billing-downloads/`)).toBe(true)
    const namesIn = ({ blobUrl }: TestArchive): Promise<string[]> =>
      openArchive(blobUrl, stack.services.credential).names('billing-downloads')
    expect(await namesIn(test)).toEqual([])
    expect(await namesIn(other)).toHaveLength(3)
  })

  it('changes nothing for files of snapshots, which are linked directly', async () => {
    const location = await follow(`${ROWS}&format=csv`)
    expect(location.startsWith(`${test.blobUrl}/billing-snapshots/`)).toBe(true)
  })
})
