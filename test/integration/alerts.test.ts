/**
 * Checks that alerts and workbook query what the app writes, and that Bicep creates what the code expects.
 */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { plant } from '../../local/simulator/mismatches.ts'
import { datasetNamed } from '../../shared/datasets/catalogue.ts'
import { ArchiveError } from '../../shared/errors.ts'
import {
  ARCHIVE_QUEUE,
  containers,
  DOWNLOAD_POISON_QUEUE,
  DOWNLOAD_QUEUE,
  POISON_QUEUE,
  planName,
  seriesFolder,
} from '../../shared/format/layout.ts'
import { ALL_PART } from '../../shared/format/series.ts'
import { reportingApi } from '../../shared/http/reporting/reporting-api.ts'
import { recordDownloadFailure } from '../../shared/usecases/downloads/compose-download.ts'
import { recordExhausted } from '../../shared/usecases/fetch/part-outcome.ts'
import { archiveDataset } from '../../shared/usecases/plan/archive-dataset.ts'
import { openOrJoin } from '../../shared/usecases/plan/open-or-join.ts'
import { sweep } from '../../shared/usecases/plan/sweep.ts'
import { reconcileAll } from '../../shared/usecases/reconcile/reconcile-all.ts'
import { parseMessage } from '../../shared/usecases/state/part-message.ts'
import { reportStatus } from '../../shared/usecases/status/report-status.ts'
import { verifyDaily } from '../../shared/usecases/verify/verify-daily.ts'
import { turnDay } from '../../shared/usecases/verify/verify-turn.ts'
import { call } from '../../testing/http/call.ts'
import {
  drain,
  type Stack,
  startStack,
  type TestArchive,
  withDay,
} from '../../testing/stack/archive-stack.ts'

const modules = resolve(import.meta.dirname, '../../infra/modules')
const bicep = (name: string): string => readFileSync(resolve(modules, `${name}.bicep`), 'utf8')

let stack: Stack
let test: TestArchive
/** All events of a run with failures, with their fields. */
const written = new Map<string, Set<string>>()
const values = new Map<string, Set<unknown>>()

beforeAll(async () => {
  stack = await startStack()
  test = await stack.fresh({ simulator: { day: '2017-04-02', months: 1, rowsPerDay: 5 } })
  const { archive } = withDay(test.deps, '2017-04-02')
  const signal = AbortSignal.timeout(60_000)
  const usage = datasetNamed('usagedetails')

  // A retry, a refused key, a sealed snapshot, an unchanged one.
  test.simulator.setFaults([
    { kind: 'status', status: 503, times: 1 },
    { kind: 'status', status: 401, match: /startTime=2017-04-01/, times: 1 },
  ])
  await archiveDataset(archive, usage, signal)
  await drain(withDay(test.deps, '2017-04-02'), test.queue, signal)
  test.simulator.setFaults([])
  await test.run('2017-04-02')
  await test.run('2017-04-02')

  // A source that has lost its rows.
  test.simulator.setFaults([{ kind: 'rewrite', match: /startTime/, rewrite: () => null }])
  const marketplace = datasetNamed('marketplacecharges')
  await archiveDataset(archive, marketplace, signal)
  await drain(withDay(test.deps, '2017-04-02'), test.queue, signal)
  test.simulator.setFaults([])

  // A file that is not ours, datasets that disagree, a key that ends.
  await archive.snapshots.create('ea-reporting/notes.txt', Buffer.from('x'), {
    contentType: 'text/plain',
    sha256: 'x',
  })
  await verifyDaily(archive, signal)
  const expiring = {
    keys: async () => [],
    reread: async () => [
      await new SignJWT({})
        .setProtectedHeader({ alg: 'HS256' })
        .setExpirationTime('2 days')
        .sign(Buffer.alloc(32)),
    ],
  }
  await reportStatus({
    ...archive,
    keyRing: expiring,
    policy: { ...archive.policy, staleMs: -3_600_000 },
  })
  const settled = await stack.fresh({
    simulator: { day: '2017-04-02', months: 2, rowsPerDay: 3 },
    settings: { SETTLEMENT_DAYS: '1' },
  })
  const drop = (row: string): string => row.replace(/"meterName":"[^"]*",/, '')
  settled.simulator.setFaults([
    plant('usage-total'),
    { kind: 'rewrite', match: /pricesheet/, rewrite: drop },
  ])
  await settled.run()
  await reconcileAll(settled.deps.archive, signal)
  const sheet = {
    source: 'ea-reporting',
    dataset: 'pricesheet',
    enrollment: '100',
    billingPeriod: '201703',
  }
  // It is found, and reported every day until it is gone.
  const foreign = `${seriesFolder(sheet)}notes.txt`
  await settled.deps.archive.snapshots.create(foreign, Buffer.from('x'), {
    contentType: 'text/plain',
    sha256: 'x',
  })
  const day = String(turnDay(sheet)).padStart(2, '0')
  const kept = withDay(settled.deps, `2017-04-${day}`).archive
  await verifyDaily({ ...kept, policy: { ...kept.policy, retentionDays: 10 } }, signal)
  await reportStatus({ ...settled.deps.archive, keyRing: null })

  // A plan that others keep changing.
  const refused = async (): Promise<null> => null
  const contended = { ...archive, state: { ...archive.state, write: refused } }
  const one = { billingPeriod: '201704', parts: [ALL_PART], settled: true }
  await openOrJoin(
    contended,
    datasetNamed('pricesheet'),
    { ...sheet, billingPeriod: '209912' },
    one,
  )

  // A poison message, and a plan past its deadline.
  const late = { ...archive, policy: { ...archive.policy, planMs: 0 } }
  await archiveDataset(late, usage, signal)
  const { peekedMessageItems } = await test.queue.peekMessages()
  const text = Buffer.from(peekedMessageItems[0]?.messageText ?? '', 'base64').toString()
  await recordExhausted(archive, parseMessage(JSON.parse(text)))
  await test.queue.clearMessages()
  await new Promise((done) => setTimeout(done, 1_100))
  await sweep(archive)
  await reportStatus({ ...archive, keyRing: null })

  // An unreadable plan, and a download that can't be composed.
  const unreadable = { source: 'ea-reporting', dataset: 'pricesheet', enrollment: '100' }
  const plan = planName({ ...unreadable, billingPeriod: '201001' })
  await archive.state.write(plan, Buffer.from('{}'), null)
  await sweep(archive).catch(() => {}) // it fails at the end, so that the host knows
  await recordDownloadFailure(
    { downloads: test.deps.http.downloads, log: archive.log },
    'f'.repeat(64),
    new ArchiveError('DIGEST_MISMATCH', 'a file has changed'),
  )

  // A request while storage is down.
  const away = test.host({
    ARCHIVE_STORAGE__blobServiceUri: stack.services.azurite.urlsOf('nobody').blobUrl,
  })
  const headers = { authorization: 'bearer x' }
  await call((ask) => reportingApi(away.http, ask), '/v3/enrollments/100/usagedetails', { headers })

  await settled.close()
  for (const line of [...test.lines, ...settled.lines]) {
    const { event, ...fields } = JSON.parse(line) as { event: string } & Record<string, unknown>
    const known = written.get(event) ?? new Set()
    for (const [field, value] of Object.entries(fields)) {
      known.add(field)
      const seen = values.get(`${event}.${field}`) ?? new Set()
      values.set(`${event}.${field}`, seen.add(value))
    }
    written.set(event, known)
  }
}, 60_000)
afterAll(async () => {
  await test.close()
  await stack.close()
})

const queries = ['alerts', 'workbook'].flatMap((name) =>
  [...bicep(name).matchAll(/query: '\$\{lines\} (.*)'$/gm)].map(([, query]) => query ?? ''),
)

/** The events in a query: `event == "…"`, or `event in ("…", "…")`. */
function eventsIn(query: string): string[] {
  const [, one, several = ''] = /event (?:== ("[\w.]+")|in \(([^)]*)\))/.exec(query) ?? []
  return [...(one ?? several).matchAll(/"([\w.]+)"/g)].map(([, event]) => event ?? '')
}

describe('the queries of alerts and workbook', () => {
  it('are found', () => {
    expect(queries.length).toBeGreaterThanOrEqual(10)
  })

  it.each(queries)('%s names events and fields that the app writes', (query) => {
    const events = eventsIn(query)
    expect(events.length).toBeGreaterThan(0)
    expect([...written.keys()]).toEqual(expect.arrayContaining(events))
    const fields = [...query.matchAll(/line\.(\w+)/g)].map(([, field]) => field ?? '')
    const known = events.flatMap((event) => [...(written.get(event) ?? [])])
    expect(known).toEqual(expect.arrayContaining(fields))
    // A query only compares with values that are written.
    for (const [, field = '', wanted = ''] of query.matchAll(/line\.(\w+)\) == "([\w.]+)"/g)) {
      const seen = events.flatMap((event) => [...(values.get(`${event}.${field}`) ?? [])])
      expect(seen).toContain(wanted)
    }
  })
})

describe('alerts', () => {
  const [, ...blocks] = bicep('alerts').split(/^    key: '/m)
  const alerts = blocks.map((block) => ({ key: block.slice(0, block.indexOf("'")), block }))
  const runbook = readFileSync(resolve(modules, '../../docs/operations.md'), 'utf8')

  it.each(alerts)('$key is in the runbook', ({ key }) => {
    expect(runbook).toMatch(new RegExp(`^\\| ([\\w-]+, )*${key}(, [\\w-]+)* \\|`, 'm'))
  })

  it('on a daily line have a window of two days, so that a late timer leaves no gap', () => {
    const daily = /"(status\.\w+|key\.expiring|verify\.retention)"/
    const ofDays = alerts.filter(({ block }) => daily.test(block))
    expect(ofDays.length).toBeGreaterThanOrEqual(7)
    for (const { block } of ofDays) {
      expect(block).toContain("window: 'P2D'")
      expect(block).toContain("overrideRange: 'P2D'")
    }
  })
})

describe('containers and queues in Bicep', () => {
  it('are those of the archive format', () => {
    const archive = bicep('archive-storage')
    const { current, downloads, ...others } = containers
    const queues = [ARCHIVE_QUEUE, POISON_QUEUE, DOWNLOAD_QUEUE, DOWNLOAD_POISON_QUEUE]
    for (const name of [...Object.values(others), ...queues]) {
      expect(archive).toContain(`'${name}'`)
    }
    expect(bicep('view-storage')).toContain(`'${current}'`)
    expect(bicep('host-storage')).toContain(`'${downloads}'`)
  })
})
