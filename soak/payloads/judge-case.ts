/** Checks the result of a case in storage and in the archive's status. */

import type { Series } from '../../shared/format/series.ts'
import { ALL_ROWS, rowSelector } from '../../shared/rows/select/row-selector.ts'
import type { Archive } from '../../shared/usecases/archive.ts'
import { layoutFor } from '../../shared/usecases/read/read-rows.ts'
import { newestSnapshot } from '../../shared/usecases/read/read-snapshots.ts'
import { NO_LIMITS, START, servePage } from '../../shared/usecases/read/serve-rows.ts'
import { checkHealth } from '../../shared/usecases/status/check-health.ts'
import { type MemoryStorage } from '../../testing/simulation/memory-storage.ts'
import type { Bench } from './bench.ts'
import { type SeenManifest, wrongSnapshot } from './oracle.ts'
import { type Expected, type PayloadCase } from './payload-case.ts'
import { CASE_ENROLLMENT, NEIGHBOUR, PERIOD } from './payload-server.ts'
import { plainRows } from './plain-rows.ts'

const OPEN_DAYS = 3

export async function wrongOutcome(
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
    if (!expected.drift.test(told)) wrong.push(`it reports "${told}", not ${expected.drift}`)
  }
  return wrong
}

/** What is wrong with the other enrollment, whose source behaves. */
export async function wrongNeighbour(
  { archive, storage }: Bench,
  one: PayloadCase,
): Promise<string[]> {
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
  if (failures.length === 0) return ['no failure is reported']
  return failures
    .filter(({ code, message }) => !codes.some((known) => known === code) || !says.test(message))
    .map(() => `it is reported as ${told}, not as ${codes.join(' or ')} ${says}`)
}

/** What is wrong with the newest snapshot of an enrollment's series. */
export function wrongSeries(
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

/** The neighbour's data: the list of periods, if the case is about that. */
function neighbourRows(one: PayloadCase): string[] {
  const dataset = one.dataset === 'billingperiods' ? 'usagedetails' : one.dataset
  const rows = plainRows(dataset, 2)
  return one.isOpen === true ? Array.from({ length: OPEN_DAYS }, () => rows).flat() : rows
}

export function isPlanned({ stored }: MemoryStorage): boolean {
  const folder = `ea-reporting/usagedetails/enrollment=${CASE_ENROLLMENT}/period=${PERIOD}/snapshots/`
  return [...stored.snapshots.keys()].some((name) => name.startsWith(folder))
}

export function partsOf(storage: MemoryStorage, one: PayloadCase): number {
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

/** All texts of an archive that could reveal a key. */
export function storedTexts({ stored }: MemoryStorage): string[] {
  return [stored.snapshots, stored.state, stored.view].flatMap((blobs) =>
    [...blobs].map(
      ([name, { bytes, metadata }]) =>
        `${name} ${JSON.stringify(metadata)} ${bytes.toString('latin1')}`,
    ),
  )
}

/** Requests by usage dates, like custom dates of the old API. */
export async function wrongAnswers(archive: Archive, one: PayloadCase): Promise<string[]> {
  const newest = await newestSnapshot(archive.snapshots, seriesOf(one, CASE_ENROLLMENT))
  if (newest === null) return ['there is no snapshot to query']
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
