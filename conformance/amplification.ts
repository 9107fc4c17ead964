/** The cost of a page from the middle of a large month for a host with an empty cache. */
import { atMost, type Figure } from '../bench/measure.ts'
import { readConfig } from '../shared/config.ts'
import { createDeps } from '../shared/deps.ts'
import type { HttpDeps } from '../shared/http/http-deps.ts'
import { reportingApi } from '../shared/http/reporting/reporting-api.ts'
import { jsonLog } from '../shared/log.ts'
import { cachedReader } from '../shared/storage/cached-reader.ts'
import type { BlobReader } from '../shared/storage/ports.ts'
import { newestSnapshots } from '../shared/usecases/read/newest-snapshots.ts'
import { LARGE_PERIOD, type LargeMonth, largeMonth } from './large-month.ts'

export async function amplificationFigures(
  rows: number,
  say: (line: string) => void,
): Promise<Figure[]> {
  const month = await largeMonth(rows, say)
  Object.assign(process.env, month.services.env) // where @azure/identity finds its endpoint
  const url = await middleUrl(month, rows)
  const read: { what: string; bytes: number }[] = []
  const deps = coldDeps(month, (what, bytes) => read.push({ what, bytes }))
  const { status, body } = await reportingApi(deps, {
    method: 'GET',
    url: new URL(url),
    header: (name) => (name === 'authorization' ? `bearer ${month.key}` : null),
    id: 'cold',
  })
  const page = JSON.parse(Buffer.concat(body).toString()) as { data: unknown[] }
  if (status !== 200 || page.data.length !== 1_000) throw new Error(`the page is ${status}`)
  const compressed = read.find(({ what }) => what.startsWith('block'))?.bytes ?? 0
  const all = read.reduce((sum, { bytes }) => sum + bytes, 0)
  for (const { what, bytes } of read) say(`read ${what}: ${bytes} bytes`)
  await month.close()
  if (compressed === 0) throw new Error('no block was read')
  return [atMost('page-read-amplification', all / compressed, 2)]
}

/** The link to a page in the middle, as a paging client gets it. */
async function middleUrl({ key, host }: LargeMonth, rows: number): Promise<string> {
  const serving = await host()
  const path = `/v3/enrollments/100/billingPeriods/${LARGE_PERIOD}/usagedetails`
  const first = await fetch(serving.url + path, { headers: { authorization: `bearer ${key}` } })
  const { nextLink } = (await first.json()) as { nextLink: string }
  await serving.stop()
  const link = new URL(nextLink)
  const token = JSON.parse(
    Buffer.from(link.searchParams.get('skiptoken') ?? '', 'base64url').toString(),
  ) as { s: unknown; at: [number, number, number] }
  token.at[2] = Math.floor(rows / 2_000)
  link.searchParams.set('skiptoken', Buffer.from(JSON.stringify(token)).toString('base64url'))
  return link.href
}

/** Fresh dependencies of a host that record what they read from storage. */
function coldDeps({ env }: LargeMonth, onRead: (what: string, bytes: number) => void): HttpDeps {
  const config = readConfig({ ...env })
  const { http } = createDeps(
    config,
    jsonLog(() => {}),
  )
  const reader = cachedReader(counted(http.archive.snapshots, onRead), {
    maxBytes: config.SERVE_CACHE_BYTES,
  })
  return {
    ...http,
    reader,
    newest: newestSnapshots(reader, 0),
    access: { ...http.access, grants: counted(http.access.grants as BlobReader, onRead) },
  }
}

function counted(reader: BlobReader, onRead: (what: string, bytes: number) => void): BlobReader {
  return {
    ...reader,
    async read(name) {
      const found = await reader.read(name)
      onRead(name, found.bytes?.length ?? 0)
      return found
    },
    async readRange(name, offset, length, target) {
      const bytes = await reader.readRange(name, offset, length, target)
      onRead(`block of ${name}`, bytes.length)
      return bytes
    },
    list() {
      throw new Error('a page with a link needs no listing')
    },
  }
}
