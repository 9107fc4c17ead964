/** One case on an archive of its own: storage in memory, the real source over HTTP, two enrollments. */
import { readConfig } from '../../shared/config.ts'
import { catalogue, datasetNamed } from '../../shared/datasets/catalogue.ts'
import { jsonLog } from '../../shared/log.ts'
import { deflateBlock } from '../../shared/rows/gzip-blocks.ts'
import { rowBufferPool } from '../../shared/rows/row-buffers.ts'
import { ALL_ROWS, rowSelector } from '../../shared/rows/row-selector.ts'
import { textPool } from '../../shared/rows/text-pool.ts'
import type { Series } from '../../shared/snapshots/series.ts'
import { eaReporting } from '../../shared/sources/ea-reporting/ea-reporting.ts'
import type { HttpClient } from '../../shared/sources/http-client.ts'
import type { Archive } from '../../shared/usecases/archive.ts'
import { archiveDataset } from '../../shared/usecases/archive-dataset.ts'
import { archivePart } from '../../shared/usecases/archive-part.ts'
import { checkHealth } from '../../shared/usecases/check-health.ts'
import { parseMessage } from '../../shared/usecases/part-message.ts'
import { recordExhausted } from '../../shared/usecases/part-outcome.ts'
import { layoutFor } from '../../shared/usecases/read-rows.ts'
import { newestSnapshot } from '../../shared/usecases/read-snapshots.ts'
import { NO_LIMITS, START, servePage } from '../../shared/usecases/serve-rows.ts'
import { sweep } from '../../shared/usecases/sweep.ts'
import { verifyArchive } from '../../shared/usecases/verify/verify-archive.ts'
import { type MemoryStorage, memoryStorage } from '../simulation/memory-storage.ts'
import { type SeenManifest, wrongSnapshot } from './oracle.ts'
import { always, type Expected, json, listBody, type PayloadCase } from './payload-case.ts'
import { CASE_ENROLLMENT, NEIGHBOUR, type PayloadServer, PERIOD } from './payload-server.ts'
import { plainRows } from './plain-rows.ts'

const DAY_MS = 86_400_000
const SETTLED_ON = '2017-06-15'
const OPEN_ON = '2017-04-03'
/** Deliveries of a message, before it is given up. */
const DELIVERIES = 2
/** Pages in memory at once. */
const PAGES = 2
/** No row of these has more. */
const SIGNAL_MS = 60_000

/** An archive that a case is tried on. */
interface Bench {
  readonly archive: Archive
  readonly storage: MemoryStorage
  readonly lines: readonly string[]
  /** Lets time pass. */
  pass(ms: number): void
}

/** What is wrong with what became of a case; nothing, if all is as it should be. */
export async function runPayloadCase(
  one: PayloadCase,
  server: PayloadServer,
  http: HttpClient,
): Promise<string[]> {
  const bench = makeBench(one, server, http)
  const { archive, storage } = bench
  const wrong: string[] = []
  const before = one.isSecond === true ? plainRows(one.dataset, 3, 1) : null
  if (before !== null) {
    server.say(one, always(json(listBody(one.dataset, before))))
    await run(bench, one)
    bench.pass(DAY_MS)
  }
  server.say(one, one.source)
  await run(bench, one)
  const requests = server.requests()
  if (one.expected.requestsAtMost !== undefined && requests > one.expected.requestsAtMost) {
    wrong.push(`${requests} requests`)
  }
  wrong.push(...(await wrongOutcome(bench, one, before)))
  if (one.pausesAll !== true) wrong.push(...(await wrongNeighbour(bench, one)))
  for (const line of [...bench.lines, ...storedTexts(storage)]) {
    if (line.includes(server.key)) wrong.push(`the key stands in ${line.slice(0, 200)}`)
  }
  if (one.isPlanned === true && !isPlanned(storage)) wrong.push('the sound period is not archived')
  if (one.dates !== undefined) wrong.push(...(await wrongAnswers(archive, one)))

  // Whatever it was, the next sound answer is archived, and everything verifies.
  bench.pass(DAY_MS)
  const after = plainRows(one.dataset, 2, 9)
  server.say(one, always(json(listBody(one.dataset, after))))
  await run(bench, one)
  const days = one.isOpen === true ? partsOf(storage, one) : 1
  const wanted = Array.from({ length: days }, () => after).flat()
  wrong.push(
    ...wrongSeries(storage, one, CASE_ENROLLMENT, wanted).map((why) => `afterwards: ${why}`),
    ...(await wrongNeighbour(bench, one)).map((why) => `afterwards: ${why}`),
  )
  const { faults } = await verifyArchive(archive, { isDeep: true, anchor: null })
  wrong.push(...faults.map(({ code, blob, message }) => `verify: ${code} ${blob}: ${message}`))
  return wrong.map((why) => `${one.name}: ${why}`)
}

function makeBench(one: PayloadCase, server: PayloadServer, http: HttpClient): Bench {
  let now = Date.parse(`${one.isOpen === true ? OPEN_ON : SETTLED_ON}T03:00:00Z`)
  let elapsed = 0
  let ids = 0
  const storage = memoryStorage(() => now)
  const lines: string[] = []
  const log = jsonLog((_level, line) => lines.push(line))
  const config = readConfig({
    ENROLLMENTS: `${CASE_ENROLLMENT},${NEIGHBOUR}`,
    KEY_VAULT_URI: 'https://vault.invalid',
    ARCHIVE_STORAGE__blobServiceUri: 'https://blob.invalid',
    ARCHIVE_STORAGE__queueServiceUri: 'https://queue.invalid',
    EA_REPORTING_ENDPOINT: server.origin,
    RECHECK_DAYS: '0',
    SHRINK_ALERT: '100',
    RETRY_TRIES: '3',
    SEGMENT_ROWS: String(one.segmentRows ?? 1_000_000),
  })
  const keys = async (): Promise<readonly string[]> => [server.key]
  const source = eaReporting({
    endpoint: config.EA_REPORTING_ENDPOINT,
    http,
    keyRing: { keys, reread: keys },
    retry: { tries: 3, baseMs: 1, capMs: 1, budgetMs: config.RETRY_BUDGET_SECONDS * 1_000 },
    pageBytes: config.PAGE_BYTES,
    pool: rowBufferPool(PAGES),
    log,
    now: () => new Date(now),
    elapsedMs: () => elapsed,
    random: () => 0.5,
    // Nobody waits: the clock is set forward.
    sleep: async (ms) => {
      elapsed += ms
    },
  })
  const archive: Archive = {
    config,
    catalogue,
    source,
    ...storage,
    texts: textPool(),
    deflate: deflateBlock,
    log,
    newId: () => String(++ids).padStart(32, '0'),
    elapsedMs: () => elapsed,
    businessDay: () => (one.isOpen === true ? OPEN_ON : new Date(now).toISOString().slice(0, 10)),
    writer: { name: 'billing-archive', version: 'payloads' },
  }
  return {
    archive,
    storage,
    lines,
    pass(ms) {
      now += ms
      elapsed += ms
    },
  }
}

/** Timers, then what they put on the queue, then the sweep: what fails comes round again. */
async function run({ archive, storage }: Bench, { dataset }: PayloadCase): Promise<void> {
  const signal = AbortSignal.timeout(SIGNAL_MS)
  const others = dataset === 'billingperiods' ? 'usagedetails' : dataset
  for (const name of ['billingperiods', others]) {
    await archiveDataset(archive, datasetNamed(name), signal).catch(() => {})
    const { messages } = storage.stored
    for (let message = messages.shift(); message !== undefined; message = messages.shift()) {
      const body = parseMessage(JSON.parse(message.body))
      for (let delivery = 1; delivery <= DELIVERIES; delivery++) {
        try {
          await archivePart(archive, body, signal)
          break
        } catch {
          if (delivery === DELIVERIES) await recordExhausted(archive, body)
        }
      }
    }
  }
  await sweep(archive)
}

async function wrongOutcome(
  { archive, storage }: Bench,
  one: PayloadCase,
  before: readonly string[] | null,
): Promise<string[]> {
  const wrong: string[] = []
  const { expected } = one
  const isNew = expected.kind === 'archived' && expected.rows !== null
  const rows = isNew ? expected.rows : before
  const number = (before === null ? 0 : 1) + (isNew ? 1 : 0)
  const manifest = newestManifest(storage, one, CASE_ENROLLMENT)
  if ((manifest?.number ?? 0) !== number) {
    wrong.push(`the newest snapshot is number ${manifest?.number ?? 'none'}, not ${number}`)
  }
  if (rows !== null) wrong.push(...wrongSeries(storage, one, CASE_ENROLLMENT, rows))
  const health = await checkHealth(archive, [CASE_ENROLLMENT])
  const series = health.find(
    ({ dataset, enrollment, billingPeriod }) =>
      dataset === one.dataset &&
      enrollment === CASE_ENROLLMENT &&
      billingPeriod === seriesOf(one, CASE_ENROLLMENT).billingPeriod,
  )
  const failures = series?.failed ?? []
  wrong.push(...wrongFailures(expected, failures))
  if (expected.kind === 'archived' && expected.drift !== undefined) {
    const told = (series?.drift ?? []).join('; ')
    if (!expected.drift.test(told)) wrong.push(`it tells "${told}", not ${expected.drift}`)
  }
  return wrong
}

/** What is wrong with the other enrollment, whose source answers as it should. */
async function wrongNeighbour({ archive, storage }: Bench, one: PayloadCase): Promise<string[]> {
  const health = await checkHealth(archive, [NEIGHBOUR])
  return [
    ...health
      .filter(({ failed }) => failed.length > 0)
      .map(({ dataset }) => `the neighbour's ${dataset} failed`),
    ...wrongSeries(storage, one, NEIGHBOUR, neighbourRows(one)).map(
      (why) => `the neighbour: ${why}`,
    ),
  ]
}

function wrongFailures(
  expected: Expected,
  failures: readonly { readonly code: string; readonly message: string }[],
): string[] {
  const told = failures.map(({ code, message }) => `${code} ${message}`).join('; ')
  if (expected.kind === 'archived') return failures.length === 0 ? [] : [`it failed: ${told}`]
  const { codes, says = /./ } = expected
  if (failures.length === 0) return ['no failure is told']
  return failures
    .filter(({ code, message }) => !codes.some((known) => known === code) || !says.test(message))
    .map(() => `it is told as ${told}, not as ${codes.join(' or ')} ${says}`)
}

/** What is wrong with the newest snapshot of an enrollment's series. */
function wrongSeries(
  storage: MemoryStorage,
  one: PayloadCase,
  enrollment: string,
  rows: readonly string[],
): string[] {
  const manifest = newestManifest(storage, one, enrollment)
  if (manifest === null) return ['there is no snapshot']
  const { dataset } = seriesOf(one, enrollment)
  return wrongSnapshot(storage.stored.snapshots, dataset, manifest, rows)
}

/** What the neighbour has: the list of periods, where that is what the case is about. */
function neighbourRows(one: PayloadCase): string[] {
  const dataset = one.dataset === 'billingperiods' ? 'usagedetails' : one.dataset
  const rows = plainRows(dataset, 2)
  return one.isOpen === true ? Array.from({ length: OPEN_DAYS }, () => rows).flat() : rows
}

const OPEN_DAYS = 3

function isPlanned({ stored }: MemoryStorage): boolean {
  const folder = `ea-reporting/usagedetails/enrollment=${CASE_ENROLLMENT}/period=${PERIOD}/snapshots/`
  return [...stored.snapshots.keys()].some((name) => name.startsWith(folder))
}

function partsOf(storage: MemoryStorage, one: PayloadCase): number {
  return newestManifest(storage, one, CASE_ENROLLMENT)?.parts.length ?? 0
}

function seriesOf({ dataset }: PayloadCase, enrollment: string): Series {
  const isList = dataset === 'billingperiods' && enrollment === CASE_ENROLLMENT
  return {
    source: 'ea-reporting',
    dataset: dataset === 'billingperiods' && !isList ? 'usagedetails' : dataset,
    enrollment,
    billingPeriod: isList ? 'all' : PERIOD,
  }
}

function newestManifest(
  { stored }: MemoryStorage,
  one: PayloadCase,
  enrollment: string,
): SeenManifest | null {
  const { source, dataset, billingPeriod } = seriesOf(one, enrollment)
  const folder = `${source}/${dataset}/enrollment=${enrollment}/period=${billingPeriod}/snapshots/`
  const newest = [...stored.snapshots.keys()]
    .filter((name) => name.startsWith(folder))
    .sort()
    .at(-1)
  const bytes = newest === undefined ? undefined : stored.snapshots.get(newest)?.bytes
  return bytes === undefined ? null : (JSON.parse(bytes.toString()) as SeenManifest)
}

/** What of an archive is text, and might show a key. */
function storedTexts({ stored }: MemoryStorage): string[] {
  return [stored.snapshots, stored.state, stored.view].flatMap((blobs) =>
    [...blobs].map(
      ([name, { bytes, metadata }]) =>
        `${name} ${JSON.stringify(metadata)} ${bytes.toString('latin1')}`,
    ),
  )
}

/** Questions by usage dates, as custom dates of the old API ask them. */
async function wrongAnswers(archive: Archive, one: PayloadCase): Promise<string[]> {
  const newest = await newestSnapshot(archive.snapshots, seriesOf(one, CASE_ENROLLMENT))
  if (newest === null) return ['there is nothing to ask']
  const wrong: string[] = []
  for (const { day, rows } of one.dates ?? []) {
    const dates = { first: day, last: day }
    const selector = rowSelector(layoutFor(newest.manifest), { ...ALL_ROWS, dates }, 'json')
    const { texts } = await servePage(archive.snapshots, [newest], START, selector, NO_LIMITS)
    const found = Buffer.concat(texts).toString()
    if (found.replaceAll('\n', '') !== rows.join(','))
      wrong.push(`on ${day} there is ${found.slice(0, 200)}`)
  }
  return wrong
}
