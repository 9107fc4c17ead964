/** An archive in memory of which two sources have the same data, and what each of its readers says who answers. */
import { viewName } from '../../shared/format/view-names.ts'
import type { ServingPolicy } from '../../shared/http/http-deps.ts'
import type { SourceDefinition } from '../../shared/sources/source.ts'
import { newestSnapshot, type Snapshot } from '../../shared/usecases/read/read-snapshots.ts'
import { reconcileAll } from '../../shared/usecases/reconcile/reconcile-all.ts'
import type { AnswerPolicy } from '../../shared/usecases/resolve-series.ts'
import { checkHealth } from '../../shared/usecases/status/check-health.ts'
import { verifyArchive } from '../../shared/usecases/verify/verify-archive.ts'
import { FAKE, fakeSource } from '../sources/fake-source.ts'
import { type MemoryHttp, memoryHttp } from './memory-http.ts'

export const EA = 'ea-reporting'
export const USAGE = { dataset: 'usagedetails', enrollment: '100', billingPeriod: '201704' }

const NO_RULE: AnswerPolicy = { answersFrom: {}, supersedes: [] }

export interface TwoSources {
  readonly http: MemoryHttp
  /** The next snapshot of a series, of rows with these costs. */
  archive(source: string, costs: readonly string[], billingPeriod?: string): Promise<void>
  /** The balance of the period, whose total usage is this. */
  archiveBalance(source: string, totalUsage: string): Promise<void>
  /** The same storage, read by a program with other settings. */
  withPolicy(answers: AnswerPolicy): MemoryHttp['deps']['archive']
}

export interface TwoSourcesOptions {
  /** The order in which the sources answer. */
  readonly order: readonly [string, string]
  readonly standing?: SourceDefinition['standing']
  readonly answers?: AnswerPolicy
  readonly serving?: Partial<ServingPolicy>
}

export async function twoSources({
  order,
  standing = 'live',
  answers = NO_RULE,
  serving = {},
}: TwoSourcesOptions): Promise<TwoSources> {
  let said = '[]'
  const { source } = fakeSource(() => said, 0, {}, ['usagedetails', 'balancesummary'])
  const fake = { ...source, definition: { ...source.definition, standing } }
  const http = await memoryHttp(serving, undefined, {
    sources: (ea) => order.map((kind) => (kind === FAKE ? fake : ea)),
    answers,
  })
  const say = async (
    kind: string,
    dataset: string,
    rows: string,
    billingPeriod: string,
  ): Promise<void> => {
    said = rows.startsWith('[') ? rows : `[${rows}]`
    http.sleep(60_000)
    await http.archive({ source: kind, dataset, billingPeriod }, rows)
  }
  return {
    http,
    archive: (kind, costs, billingPeriod = USAGE.billingPeriod) => {
      const rows = costs.map((cost) => `{"cost":${cost},"date":"${dayOf(billingPeriod)}"}`)
      return say(kind, 'usagedetails', `[${rows.join(',')}]`, billingPeriod)
    },
    archiveBalance: (kind, totalUsage) => {
      const rows = `{"currencyCode":"USD","totalUsage":${totalUsage}}`
      return say(kind, 'balancesummary', rows, USAGE.billingPeriod)
    },
    withPolicy: (changed) => {
      const { archive } = http.deps
      return { ...archive, policy: { ...archive.policy, answers: changed } }
    },
  }
}

/** The usage details of {@link USAGE} under `/archive`. */
export const SERIES = '/archive/enrollments/100/usagedetails/201704'

/** Two sources, of which {@link FAKE} comes first; {@link EA} alone has a snapshot. */
export async function eaAnswers(costs: readonly string[] = ['1.5']): Promise<TwoSources> {
  const archive = await twoSources({ order: [FAKE, EA] })
  await archive.archive(EA, costs)
  return archive
}

/** The source that an answer says it is from. */
export async function sourceOf({ http }: TwoSources, path: string): Promise<string | null> {
  return (await http.ask(path)).headers.get('x-archive-source')
}

/** Path and query of a link. */
export function pathOf(link: string | null | undefined): string {
  const { pathname, search } = new URL(link ?? '')
  return pathname + search
}

/** The first day of a billing period. */
export function dayOf(billingPeriod: string): string {
  return `${billingPeriod.slice(0, 4)}-${billingPeriod.slice(4)}-01`
}

/** Who answers for usage details, as each reader of the archive says. */
export interface Answers {
  readonly old: string | null
  readonly oldCurrent: string | null
  readonly rows: string | null
  readonly history: string
  readonly totals: string | null
  readonly download: string | null
  readonly view: string | undefined
  readonly verified: readonly string[]
  readonly status: readonly string[]
  readonly reconciled: string | undefined
}

export async function answersOf({ http }: TwoSources): Promise<Answers> {
  const { archive } = http.deps
  const answering = async (path: string): Promise<string | null> => {
    const { status, headers, text } = await http.ask(path)
    if (status !== 200) throw new Error(`${path}: ${status} ${text}`)
    return headers.get('x-archive-source')
  }
  const { dataset, billingPeriod } = USAGE
  const ofArchive = `/archive/enrollments/100/${dataset}`
  const history = await http.ask(`${ofArchive}/${billingPeriod}/snapshots`)
  const verified: string[] = []
  const { faults } = await verifyArchive(archive, {
    isDeep: true,
    anchor: null,
    onSeries: ({ series, view }) => {
      if (series.dataset === dataset && view === 'current') verified.push(series.source)
    },
  })
  if (faults.length > 0) throw new Error(JSON.stringify(faults))
  const health = await checkHealth(archive, ['100'])
  const [reconciled] = await reconcileAll(archive, AbortSignal.any([]))
  return {
    old: await answering(`/v3/enrollments/100/billingPeriods/${billingPeriod}/usagedetails`),
    oldCurrent: await answering('/v1/enrollments/100/usagedetails'),
    rows: await answering(`${ofArchive}/${billingPeriod}/rows`),
    history: history.json<{ source: string }>().source,
    totals: await answering(`${ofArchive}/totals?from=${billingPeriod}&to=${billingPeriod}`),
    download: await answering(
      `/v3/enrollments/100/usagedetails/download?billingPeriod=${billingPeriod}`,
    ),
    view: http.storage.stored.view.get(viewName(USAGE))?.metadata['source'],
    verified,
    status: health.flatMap((each) =>
      each.dataset === dataset && each.answers ? [each.source] : [],
    ),
    reconciled: await sourceWith(http, reconciled?.manifests['usage']),
  }
}

async function sourceWith({ deps }: MemoryHttp, digest: string | undefined) {
  for (const source of [EA, FAKE]) {
    const newest = await newestSnapshot(deps.archive.snapshots, { source, ...USAGE })
    if (newest?.sha256 === digest) return source
  }
  return undefined
}

/** What every reader says if `source` answers. */
export function allSay(source: string): Answers {
  const each = { old: source, oldCurrent: source, rows: source, history: source, totals: source }
  const others = { download: source, view: source, reconciled: source }
  return { ...each, ...others, verified: [source], status: [source] }
}

/** What the view holds: whose snapshot, of which number, and the costs of its rows. */
export function viewOf({ http }: TwoSources) {
  const { metadata, bytes } = http.storage.stored.view.get(viewName(USAGE)) ?? {}
  const lines = bytes?.toString().trimEnd().split('\r\n').slice(1) ?? []
  const costs = lines.map((line) => line.split(',').find((field) => /^\d+\.\d$/.test(field)))
  return { source: metadata?.['source'], number: metadata?.['number'], costs }
}

/** The newest snapshot of a source. */
export async function newestOf({ http }: TwoSources, source: string): Promise<Snapshot> {
  const newest = await newestSnapshot(http.deps.archive.snapshots, { source, ...USAGE })
  if (newest === null) throw new Error(`no snapshot of ${source}`)
  return newest
}

/** Two sources, of which {@link FAKE} comes first; {@link EA} has two snapshots, and the view holds the second. */
export async function twoSnapshotsOfEa(): Promise<TwoSources> {
  const archive = await eaAnswers(['1.1'])
  await archive.archive(EA, ['1.1', '2.2'])
  return archive
}
