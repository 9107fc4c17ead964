/**
 * The timed work from HTTP to committed blobs, as a separate process: our implementation, a naive one, and
 * each stage alone on the same bytes.
 */
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { DefaultAzureCredential } from '@azure/identity'
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob'
import { stringify } from 'csv-stringify/sync'
import { Agent, request } from 'undici'
import { readConfig } from '../../shared/config.ts'
import { datasetNamed } from '../../shared/datasets/catalogue.ts'
import { columnsAt } from '../../shared/datasets/columns-at.ts'
import { createDeps, type Deps } from '../../shared/deps.ts'
import { containers } from '../../shared/format/layout.ts'
import { jsonLog } from '../../shared/log.ts'
import { csvColumnNames } from '../../shared/rows/row-layout.ts'
import { sourceOf } from '../../shared/sources/source.ts'
import { partFiles } from '../../shared/usecases/fetch/part-files.ts'
import { writeSegment } from '../../shared/usecases/fetch/segments.ts'
import type { StageMessage, StageResult } from './stage.ts'

/** Size of an upload request, the same as ours. */
const BLOCK_BYTES = 1024 * 1024

const usage = datasetNamed('usagedetails')
const columns = csvColumnNames(usage.columns)
const config = readConfig()
const signal = new AbortController().signal
const agent = new Agent({ connections: 32 })
const storage = new BlobServiceClient(
  config.ARCHIVE_STORAGE__blobServiceUri.href,
  new DefaultAzureCredential(),
)
const container = storage.getContainerClient(containers.snapshots)
const deps: Deps = createDeps(
  config,
  jsonLog(() => {}),
)
let runs = 0

interface PageBody {
  readonly data: Record<string, unknown>[]
  readonly nextLink: string | null
}

function urlOf(day: string): string {
  const url = new URL('/v3/enrollments/100/usagedetailsbycustomdate', config.EA_REPORTING_ENDPOINT)
  url.searchParams.set('startTime', day)
  url.searchParams.set('endTime', day)
  return url.href
}

async function* bodies(day: string): AsyncGenerator<Buffer> {
  for (let next: string | null = urlOf(day); next !== null; ) {
    const { body } = await request(next, { dispatcher: agent })
    const bytes = Buffer.from(await body.arrayBuffer())
    yield bytes
    const tail = bytes.toString('latin1', bytes.length - 300)
    const link: string = tail.slice(tail.lastIndexOf('"nextLink":') + 11, -1)
    next = JSON.parse(link) as string | null
  }
}

async function ours(day: string): Promise<void> {
  const { archive } = deps
  const series = { source: 'ea-reporting', dataset: usage.name, enrollment: '100' }
  const billingPeriod = day.slice(0, 7).replace('-', '')
  const { rowsVersion } = usage
  const part = { dataset: usage, rowsVersion, enrollment: '100', billingPeriod, part: day }
  const answer = await sourceOf(archive.sources, series.source).fetch(part, null, null, signal)
  if (answer.kind !== 'rows') throw new Error('expected rows')
  const { layout } = columnsAt(usage, rowsVersion)
  const target = {
    series: { ...series, billingPeriod },
    part: day,
    attempt: archive.newId(),
    rowsVersion: 1,
  }
  const files = partFiles(archive, target, layout)
  await writeSegment(archive, answer.batches, files, layout, archive.log)
  await files.commit()
}

/** The naive implementation: one page after another, a CSV library, the SDK's own streams. */
async function naive(day: string): Promise<void> {
  const name = `naive/${runs}/${day}`
  const json = uploaded(container, `${name}.json.gz`, true)
  const csv = uploaded(container, `${name}.csv`, false)
  let rows = 0
  for (let next: string | null = urlOf(day); next !== null; ) {
    const { body } = await request(next, { dispatcher: agent })
    const page = (await body.json()) as PageBody
    for (const row of page.data)
      await json.write(`${rows++ === 0 ? '[' : ','}${JSON.stringify(row)}\n`)
    await csv.write(stringify(page.data, { columns, record_delimiter: 'windows' }))
    next = page.nextLink
  }
  await json.write(']\n')
  await Promise.all([json.end(), csv.end()])
}

function uploaded(target: ContainerClient, name: string, zipped: boolean) {
  const source = new Readable({ read() {} })
  const hash = createHash('sha256')
  const bytes = zipped ? createGzip({ level: 1 }) : null
  const stream = bytes === null ? source : source.pipe(bytes)
  const sent = target.getBlockBlobClient(name).uploadStream(stream, BLOCK_BYTES, 2)
  return {
    async write(text: string): Promise<void> {
      hash.update(text)
      if (!source.push(text)) await new Promise((resolve) => setImmediate(resolve))
    },
    async end(): Promise<void> {
      source.push(null)
      await sent
      hash.digest('hex')
    },
  }
}

async function read(day: string): Promise<void> {
  for await (const body of bodies(day)) if (body.length === 0) throw new Error('an empty page')
}

const pagesOf = new Map<string, Buffer[]>()

/** A day's pages in memory, for the single stages. Fetched before timing starts. */
async function prepare(day: string): Promise<void> {
  if (pagesOf.has(day)) return
  const pages: Buffer[] = []
  for await (const body of bodies(day)) pages.push(body)
  pagesOf.set(day, pages)
}

function inMemory(day: string): Buffer[] {
  return pagesOf.get(day) ?? []
}

async function gzip(days: readonly string[]): Promise<void> {
  const sink = async (stream: AsyncIterable<Buffer>): Promise<void> => {
    for await (const piece of stream) if (piece.length === 0) throw new Error('an empty piece')
  }
  await pipeline(Readable.from(days.flatMap(inMemory)), createGzip({ level: 1 }), sink)
}

function sha256(day: string): void {
  const hash = createHash('sha256')
  for (const page of inMemory(day)) hash.update(page)
  hash.digest()
}

/** The number of bytes of a day's files: the CSV is about 0.6 of the JSON, the gzip 0.17. */
async function upload(day: string): Promise<void> {
  const pages = Buffer.concat(inMemory(day))
  for (const share of [0.6, 0.17]) {
    const blob = container.getBlockBlobClient(`upload/${runs}/${day}-${share}`)
    const source = Readable.from(pieces(pages.subarray(0, Math.ceil(pages.length * share))))
    await blob.uploadStream(source, BLOCK_BYTES, 2)
  }
}

function* pieces(bytes: Buffer): Generator<Buffer> {
  for (let from = 0; from < bytes.length; from += BLOCK_BYTES) {
    yield bytes.subarray(from, from + BLOCK_BYTES)
  }
}

async function eachOf(
  days: readonly string[],
  parallel: number,
  work: (day: string) => Promise<void> | void,
): Promise<void> {
  const queue = days.values()
  const worker = async (): Promise<void> => {
    for (const day of queue) await work(day)
  }
  await Promise.all(Array.from({ length: parallel }, worker))
}

async function run({ stage, days, parallel }: StageMessage): Promise<StageResult> {
  runs++
  if (stage !== 'ours' && stage !== 'naive' && stage !== 'read') {
    for (const day of days) await prepare(day)
  }
  const cpu = process.cpuUsage()
  const began = performance.now()
  if (stage === 'gzip') await gzip(days)
  else await eachOf(days, parallel, { ours, naive, read, sha256, upload }[stage])
  const used = process.cpuUsage(cpu)
  return { wallMs: performance.now() - began, cpuMs: (used.user + used.system) / 1_000 }
}

process.on('message', (message: StageMessage) => {
  run(message).then(
    (result) => process.send?.(result),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`)
      process.exit(1)
    },
  )
})
process.on('disconnect', () => process.exit(0))
process.on('SIGINT', () => {})
process.send?.({ ready: 'stages' })
