/**
 * Both families of routes on an archive in memory, with the download worker, for tests of single requests.
 */

import { hourlyQuota } from '../../shared/access/quota.ts'
import { datasetNamed } from '../../shared/datasets/catalogue.ts'
import { parseDownloadMessage } from '../../shared/format/download-request.ts'
import type { ApiHandler } from '../../shared/http/api-message.ts'
import { archiveApi } from '../../shared/http/archive-api.ts'
import type { HttpDeps, ServingPolicy } from '../../shared/http/http-deps.ts'
import { oldApi } from '../../shared/http/old-api.ts'
import { reportFields } from '../../shared/http/reporting/contract.ts'
import { servingPolicyOf } from '../../shared/policies.ts'
import type { Source } from '../../shared/sources/source.ts'
import { soundReader } from '../../shared/storage/sound-reader.ts'
import { makeGrant } from '../../shared/usecases/access/check-access.ts'
import type { Archive } from '../../shared/usecases/archive.ts'
import { composeDownload } from '../../shared/usecases/downloads/compose-download.ts'
import { archivePart } from '../../shared/usecases/fetch/archive-part.ts'
import { openOrJoin } from '../../shared/usecases/plan/open-or-join.ts'
import { findAnswering } from '../../shared/usecases/read/answering-series.ts'
import { findPeriods } from '../../shared/usecases/read/find-periods.ts'
import { newestSnapshot } from '../../shared/usecases/read/read-snapshots.ts'
import type { AnswerPolicy } from '../../shared/usecases/resolve-series.ts'
import { parseMessage } from '../../shared/usecases/state/part-message.ts'
import { knownDamage } from '../../shared/usecases/verify/known-damage.ts'
import { type CallOptions, call } from '../http/call.ts'
import { undescribed } from '../http/described.ts'
import { memoryConfig, memoryPolicy } from './archive-in-memory.ts'
import { quietArchive } from './memory-archive.ts'
import { type MemoryStorage, memoryStorage } from './memory-storage.ts'

export interface MemoryHttp {
  readonly deps: HttpDeps
  /** The archive's storage. */
  readonly storage: MemoryStorage
  /** The downloads. */
  readonly composed: MemoryStorage
  /** Advances all clocks. */
  sleep(ms: number): void
  /**
   * Archives what the simulated source says from now on as a snapshot of a series; of the same series again as its
   * next one. Another source says what it has to say itself.
   */
  archive(
    series: { source?: string; dataset?: string; enrollment?: string; billingPeriod: string },
    rows?: string,
  ): Promise<void>
  /** Composes queued downloads. */
  compose(): Promise<void>
  /** Sends a request with a key for enrollments 100 and 200; every answer must match the API description. */
  ask(url: string, options?: CallOptions & { readonly key?: string }): Promise<MemoryAnswer>
  /** Answers a request by the family of its path, without changes. */
  readonly serve: ApiHandler
  /** The composed file behind a redirect. */
  fileAt(location: string | null): string
}

/** The sources of an archive, beside or instead of the simulated one, and which of them answers. */
export interface MemorySources {
  readonly sources?: (simulated: Source) => readonly Source[]
  readonly answers?: AnswerPolicy
}

export interface MemoryAnswer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  json<T>(): T
}

/** Two callers, for tests of fairness. */
export const KEYS = ['first-key', 'second-key'] as const

const START = Date.parse('2017-06-20T03:00:00Z')
const FILES = 'https://files.invalid/'

export async function memoryHttp(
  serving: Partial<ServingPolicy> = {},
  change: (deps: HttpDeps) => HttpDeps = (deps) => deps,
  { sources = (simulated) => [simulated], answers = memoryPolicy.answers }: MemorySources = {},
): Promise<MemoryHttp> {
  let clock = START
  const now = (): number => clock
  const { storage, source, archive: alone } = quietArchive(now, '2017-06-20', [], '[]')
  const [simulated] = alone.sources
  const archive: Archive = {
    ...alone,
    sources: simulated === undefined ? [] : sources(simulated),
    policy: { ...alone.policy, answers },
  }
  const composed = memoryStorage(now)
  const access = memoryStorage(now)
  for (const key of KEYS) {
    const roles = ['Archive.Read', 'Archive.Refresh'] as const
    const grant = { name: 'the same name', enrollments: ['100', '200'], expiresAt: null }
    const { name, bytes } = makeGrant(key, { ...grant, roles: [...roles] })
    await access.state.write(name, bytes, null)
  }
  const keys = async (): Promise<string[]> => ['a-source-key']
  const placeOf = knownDamage(archive.state, 0)
  const deps = change({
    archive,
    serving: { ...servingPolicyOf(memoryConfig), ...serving },
    reader: soundReader(archive.snapshots, placeOf),
    placeOf,
    newest: (series) => newestSnapshot(archive.snapshots, series),
    answering: findAnswering(archive, 0),
    periods: findPeriods(archive, 0),
    access: { grants: access.state, tokens: null, now: () => new Date(clock) },
    downloads: { ...composed.state, upload: composed.snapshots.upload },
    downloadQueue: composed.queue,
    reportFields,
    sign: async (_container, name) => `${FILES}${name}`,
    keyRing: { keys, reread: keys },
    quota: hourlyQuota(memoryConfig.COMPOSED_PER_HOUR, now),
    now: () => new Date(clock),
    sleep: async () => {},
  })
  let versions = 0
  const serve: ApiHandler = (request) => {
    const isOurs = request.url.pathname.startsWith('/archive')
    return isOurs ? archiveApi(deps, request) : oldApi(deps, request)
  }

  return {
    serve,
    deps,
    storage,
    composed,
    sleep(ms) {
      clock += ms
    },
    async archive(
      { source: kind, dataset = 'usagedetails', enrollment = '100', billingPeriod },
      rows = '[]',
    ) {
      source.restate(billingPeriod, 'all', { etag: `"v${++versions}"`, pages: [rows] })
      const from = kind ?? simulated?.definition.kind ?? ''
      const series = { source: from, dataset, enrollment, billingPeriod }
      const plan = { billingPeriod, parts: ['all'], settled: true }
      await openOrJoin(archive, datasetNamed(dataset), series, plan)
      const message = storage.stored.messages.shift()
      const body = parseMessage(JSON.parse(message?.body ?? ''))
      await archivePart(archive, body, AbortSignal.any([]))
    },
    async compose() {
      for (const { body } of composed.stored.messages.splice(0)) {
        const id = parseDownloadMessage(JSON.parse(body))
        await composeDownload(
          { ...deps, ...deps.archive, snapshots: deps.reader },
          id,
          AbortSignal.any([]),
        )
      }
    },
    async ask(url, { key = KEYS[0], method = 'GET', headers = {} } = {}) {
      const given = { authorization: `bearer ${key}`, ...headers }
      const response = await call(serve, url, { method, headers: given })
      const text = await response.text()
      const fault = undescribed(method, url, response, text)
      if (fault !== null) throw new Error(fault)
      const { status, headers: found } = response
      return { status, headers: found, text, json: <T>() => JSON.parse(text) as T }
    },
    fileAt(location) {
      const name = location?.slice(FILES.length) ?? ''
      const blob = composed.stored.snapshots.get(name) ?? storage.stored.snapshots.get(name)
      if (blob === undefined) throw new Error(`no file at ${location}`)
      return blob.bytes.toString()
    },
  }
}
