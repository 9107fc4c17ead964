/**
 * One switch between versions of the program: the first host dies at a moment of its plan, the second one
 * takes over and finishes all work; in a rollback, the first program then takes over again.
 */

import type { DatasetName } from '../../shared/datasets/dataset.ts'
import { hasCode } from '../../shared/errors.ts'
import { eaReportingDefinition } from '../../shared/sources/ea-reporting/definition.ts'
import { offerOf } from '../../shared/sources/source.ts'
import type { Archive } from '../../shared/usecases/archive.ts'
import { archivePart } from '../../shared/usecases/fetch/archive-part.ts'
import { recordExhausted } from '../../shared/usecases/fetch/part-outcome.ts'
import { takePoison } from '../../shared/usecases/fetch/take-poison.ts'
import { archiveDataset } from '../../shared/usecases/plan/archive-dataset.ts'
import { sweep } from '../../shared/usecases/plan/sweep.ts'
import { parseMessage } from '../../shared/usecases/state/part-message.ts'
import { verifyArchive } from '../../shared/usecases/verify/verify-archive.ts'
import {
  archiveInMemory,
  type Call,
  memoryPolicy,
} from '../../testing/simulation/archive-in-memory.ts'
import { datasetOf, newer, older, type Program } from '../../testing/simulation/catalogues.ts'
import { type MemoryStorage, memoryStorage } from '../../testing/simulation/memory-storage.ts'
import { type SimulatedSource, simulatedSource } from '../../testing/simulation/source.ts'
import { pageOf } from '../../testing/simulation/upgrade-rows.ts'
import { faultsOf, newestOf } from './judge.ts'
import type { Moment } from './moments.ts'

export interface UpgradeCase {
  readonly moment: Moment
  /** Each program dies at the moment, in its own plan, and the next one takes over. */
  readonly programs: readonly [Program, Program, ...Program[]]
  readonly dataset: DatasetName
}

const MINUTE = 60_000
/** A message reappears after this time, and is dropped after this many deliveries. */
const LEASE_MS = MINUTE
const MAX_DELIVERIES = 5
/** Timers and sweeps until all work is done: enough for a plan of the other program to pass its deadline. */
const ROUNDS = 26
const ROUND_MS = 70 * MINUTE
const DAYS = ['2017-04-01', '2017-04-02']
const LONG_ROWS = 1_150

/** A case. */
interface Scene extends Pick<UpgradeCase, 'dataset' | 'moment'> {
  readonly storage: MemoryStorage
  readonly source: SimulatedSource
  clock: number
  ids: number
}

/** Runs the case; returns what is wrong with the resulting archive. */
export async function runUpgrade({ moment, programs, dataset }: UpgradeCase): Promise<string[]> {
  const scene = sceneOf(dataset, moment)
  const faults: string[] = []
  // So that the plan starts from receipts of its own program.
  await rest(scene, programs[0])
  for (const [i, program] of programs.slice(1).entries()) {
    restate(scene, i + 1)
    await dieAt(scene, programs[i] ?? program)
    await rest(scene, program).catch((error: unknown) => {
      if (!hasCode(error, 'FORMAT_INVALID')) throw error
      faults.push(error.message)
    })
    faults.push(...faultsOf(scene.storage, scene.source, dataset), ...faultsOfEnd(scene, program))
  }
  for (const program of [older, newer]) {
    const options = { isDeep: true, anchor: null }
    const { faults: told } = await verifyArchive(hostOf(scene, program), options)
    faults.push(...told.map(({ code, blob, message }) => `${code} ${blob}: ${message}`))
  }
  return faults
}

function sceneOf(dataset: DatasetName, moment: Moment): Scene {
  const known = datasetOf(older, dataset)
  const count = moment.isLong === true ? LONG_ROWS : 3
  const now = (): number => scene.clock
  const period = {
    id: '201704',
    firstDay: DAYS[0] ?? '',
    lastDay: '2017-04-30',
    datasets: [dataset],
  }
  const source = simulatedSource(
    now,
    () => [period],
    (part) => ({ etag: '"0"', pages: [pageOf(known, part, 1, count)] }),
    { isMixed: false, isFalse304: false },
  )
  const clock = Date.parse('2017-04-02T03:00:00Z')
  const scene: Scene = { dataset, moment, storage: memoryStorage(now), source, clock, ids: 0 }
  return scene
}

/** Changes one part; others stay the same. */
function restate({ dataset, moment, source }: Scene, round: number): void {
  const known = datasetOf(older, dataset)
  const period = known.perPeriod ? '201704' : 'all'
  const isByDay = offerOf(eaReportingDefinition, dataset)?.byDay === true
  const part = isByDay ? (DAYS[0] ?? '') : 'all'
  const count = moment.isLong === true ? LONG_ROWS + round : 3 + round
  const pages = [pageOf(known, part, round + 1, count)]
  source.restate(period, part, { etag: `"${round}"`, pages })
}

function hostOf(scene: Scene, program: Program, call: Call = (_label, _isWrite, make) => make()) {
  const isLong = scene.moment.isLong === true
  return archiveInMemory({
    storage: scene.storage,
    source: scene.source,
    call,
    catalogue: program.catalogue,
    policy: isLong ? { ...memoryPolicy, segmentRows: 1_000 } : memoryPolicy,
    enrollments: ['100'],
    newId: () => String(++scene.ids).padStart(32, '0'),
    businessDay: () => DAYS[1] ?? '',
    elapsedMs: () => scene.clock,
    version: program.name,
  })
}

/** A host that dies at the case's moment: none of its later calls happens. */
async function dieAt(scene: Scene, program: Program): Promise<void> {
  const { isAt, nth, when } = scene.moment
  let isDead = false
  let calls = 0
  const call: Call = async (label, _isWrite, make) => {
    const isMoment = isAt(label) && ++calls === nth
    if (isMoment && when === 'before') isDead = true
    if (isDead) throw new Error(`the host is dead: ${label}`)
    const value = await make()
    if (!isMoment) return value
    isDead = true
    throw new Error(`the host dies after ${label}`)
  }
  const host = hostOf(scene, program, call)
  const dataset = datasetOf(program, scene.dataset)
  // The host may die in any of these calls.
  await archiveDataset(host, dataset, new AbortController().signal).catch(() => {})
  const { messages } = scene.storage.stored
  for (const message of messages.slice()) {
    if (isDead) break
    await deliver(scene, host, message)
  }
  if (!isDead) throw new Error(`${program.name} did not reach: ${scene.moment.name}`)
  scene.clock += LEASE_MS
}

/** A host that runs until all work is done. */
async function rest(scene: Scene, program: Program): Promise<void> {
  const host = hostOf(scene, program)
  const dataset = datasetOf(program, scene.dataset)
  const signal = new AbortController().signal
  const { messages } = scene.storage.stored
  for (let round = 0; round < ROUNDS; round++) {
    await workAll(scene, host)
    await sweep(host)
    await workAll(scene, host)
    // It first finishes what it takes over; then its own timers continue.
    if (round % 2 === 1) await archiveDataset(host, dataset, signal)
    await workAll(scene, host)
    scene.clock += ROUND_MS
    for (const message of messages.slice()) {
      if (message.expiresAt <= scene.clock) messages.splice(messages.indexOf(message), 1)
    }
  }
}

async function workAll(scene: Scene, host: Archive): Promise<void> {
  const { messages } = scene.storage.stored
  for (let next = messages[0]; next !== undefined; next = messages[0]) {
    await deliver(scene, host, next)
    scene.clock += next === messages[0] ? LEASE_MS : 1_000
  }
}

/** One delivery, like the queue's host: a failing message reappears, and is finally dropped. */
async function deliver(
  { storage }: Scene,
  host: Archive,
  message: MemoryStorage['stored']['messages'][number],
): Promise<void> {
  const { messages } = storage.stored
  const remove = (): void => void messages.splice(messages.indexOf(message), 1)
  const body: unknown = JSON.parse(message.body)
  if (message.deliveries++ >= MAX_DELIVERIES) {
    remove()
    await takePoison(host.log, body, parseMessage, (found) => recordExhausted(host, found))
    return
  }
  try {
    await archivePart(host, parseMessage(body), new AbortController().signal)
    remove()
  } catch {
    // The message stays on the queue.
  }
}

/** After the last program, the archive must have its version and the source's data. */
function faultsOfEnd({ storage, source, dataset, moment }: Scene, program: Program): string[] {
  const newest = newestOf(storage)
  if (newest === null) return ['there is no snapshot at the end']
  const faults: string[] = []
  const { rowsVersion } = datasetOf(program, dataset)
  if (newest.rowsVersion !== rowsVersion) {
    faults.push(`the newest snapshot has version ${newest.rowsVersion}, and ${program.name} ended`)
  }
  for (const { key, rowCount } of newest.parts) {
    const said = source.versions(newest.billingPeriod, key).at(-1)?.pages.join() ?? ''
    const rows = said.startsWith('[') ? (JSON.parse(said) as unknown[]).length : 1
    if (rowCount !== rows) faults.push(`part ${key} is not what the source says, ${moment.name}`)
  }
  return faults
}
