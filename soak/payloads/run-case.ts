/** Runs one case from its first fetch to the next valid answer. */
import { datasetNamed } from '../../shared/datasets/catalogue.ts'
import type { HttpClient } from '../../shared/sources/http/http-client.ts'
import { archivePart } from '../../shared/usecases/fetch/archive-part.ts'
import { recordExhausted } from '../../shared/usecases/fetch/part-outcome.ts'
import { archiveDataset } from '../../shared/usecases/plan/archive-dataset.ts'
import { sweep } from '../../shared/usecases/plan/sweep.ts'
import { parseMessage } from '../../shared/usecases/state/part-message.ts'
import { verifyArchive } from '../../shared/usecases/verify/verify-archive.ts'
import { type Bench, makeBench } from './bench.ts'
import {
  isPlanned,
  partsOf,
  storedTexts,
  wrongAnswers,
  wrongNeighbour,
  wrongOutcome,
  wrongSeries,
} from './judge-case.ts'
import { always, json, listBody, type PayloadCase } from './payload-case.ts'
import { CASE_ENROLLMENT, type PayloadServer } from './payload-server.ts'
import { plainRows } from './plain-rows.ts'

const DAY_MS = 86_400_000
/** Deliveries of a message before it is dropped. */
const DELIVERIES = 2
/** Larger than any row here. */
const SIGNAL_MS = 60_000

/** What is wrong with the result of a case; empty if nothing. */
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
    if (line.includes(server.key)) wrong.push(`the key occurs in ${line.slice(0, 200)}`)
  }
  if (one.isPlanned === true && !isPlanned(storage)) wrong.push('the valid period is not archived')
  if (one.dates !== undefined) wrong.push(...(await wrongAnswers(archive, one)))

  // In every case, the next valid answer must be archived, and everything must verify.
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

/** Timers, then their messages, then the sweep; failures are retried. */
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
