import pMap from 'p-map'
import type { Progress } from '../../local/progress.ts'
import { showProgress } from '../../local/progress.ts'
import { datasetNamed, datasets } from '../../shared/datasets/catalogue.ts'
import type { Dataset } from '../../shared/datasets/dataset.ts'
import { usageDetails } from '../../shared/datasets/usage-details.ts'
import { ArchiveError, describeError } from '../../shared/errors.ts'
import { seriesFolder } from '../../shared/format/layout.ts'
import { ALL_PERIODS, type Series } from '../../shared/format/series.ts'
import { type Source, sourcesOffering } from '../../shared/sources/source.ts'
import type { Archive } from '../../shared/usecases/archive.ts'
import { archivePart } from '../../shared/usecases/fetch/archive-part.ts'
import type { DuePlan } from '../../shared/usecases/plan/due.ts'
import { dueSeries } from '../../shared/usecases/plan/due-series.ts'
import { openOrJoin } from '../../shared/usecases/plan/open-or-join.ts'
import { encodeMessage, parseMessage } from '../../shared/usecases/state/part-message.ts'
import { readState } from '../../shared/usecases/state/read-state.ts'
import { checkHealth } from '../../shared/usecases/status/check-health.ts'
import { toldHealth } from '../../shared/usecases/status/told-health.ts'
import { table } from '../../terminal/table.ts'
import type { Filter } from '../arguments.ts'
import { checkEnrollment } from '../check-enrollment.ts'
import { type Context, need } from '../context.ts'
import { type MessageList, messageList } from '../message-list.ts'
import type { Outcome } from '../outcome.ts'
import { sourceColumn } from '../source-column.ts'

/** Parts that this process fetches at once. */
const PARTS_AT_ONCE = 8

/** Tries per part before it is left to the sweep. */
const TRIES = 3

export interface FetchOptions extends Filter {
  readonly from?: string
  readonly to?: string
}

/**
 * Fetches a period or a range in this process: with the same plans and parts as the functions, but an
 * in-memory list instead of the queue. Joins an open plan and fetches its parts too. The sweep takes over
 * what is left unfinished. Exit code 1 if a part failed.
 */
export async function fetch(
  context: Context,
  options: FetchOptions,
  progress: Progress,
): Promise<Outcome> {
  need(context, 'fetch', 'ENROLLMENTS', 'KEY_VAULT_URI')
  const { deps, config } = context
  checkEnrollment(config, options.enrollment)
  checkRange(options)
  const messages = messageList(() => performance.now())
  const archive: Archive = { ...deps.archive, queue: messages }
  const signal = AbortSignal.timeout(config.PLAN_HOURS * 3_600_000)
  const series = await seriesToFetch(archive, options, signal)
  if (series.length === 0) {
    throw new ArchiveError('NOT_FOUND', await whyNothing(archive, options, signal))
  }
  const stop = context.isQuiet ? () => {} : showProgress(context.stderr, progress)
  try {
    for (const { dataset, target, plan } of series) {
      archive.log.info('dataset.planned', { series: 1, parts: plan.parts.length })
      await openOrJoin(archive, dataset, target, plan)
      await takeParts(archive, target, messages)
    }
    await work(archive, messages, signal)
  } finally {
    stop()
  }
  return report(
    context,
    series.map(({ target }) => target),
  )
}

/** An already open plan has its messages on the functions' queue; its parts are fetched here as well. */
async function takeParts(archive: Archive, series: Series, messages: MessageList): Promise<void> {
  const { state } = await readState(archive.state, series)
  if (state?.status !== 'open') return
  for (const part of state.plan.parts) {
    messages.add(encodeMessage({ series, planId: state.plan.id, part }))
  }
}

function checkRange({ period, from, to }: FetchOptions): void {
  if (period !== undefined && (from !== undefined || to !== undefined)) {
    throw new ArchiveError(
      'BAD_REQUEST',
      'name one period with --period or a range with --from and --to, not both',
    )
  }
  if (from !== undefined && to !== undefined && from > to) {
    throw new ArchiveError(
      'BAD_REQUEST',
      `the range is reversed: --from ${from} is after --to ${to}`,
    )
  }
}

async function whyNothing(
  { sources, enrollments }: Archive,
  { enrollment = enrollments[0] ?? '', dataset, period, from, to }: FetchOptions,
  signal: AbortSignal,
): Promise<string> {
  const listed: string[] = []
  for (const source of sourcesOffering(sources, dataset ?? usageDetails.name)) {
    listed.push(...(await source.listPeriods(enrollment, signal)).map(({ id }) => id))
  }
  const [oldest, newest] = [listed.toSorted().at(0), listed.toSorted().at(-1)]
  const wanted = period ?? [from ?? oldest, to ?? newest].join(' to ')
  return newest === undefined
    ? `the source lists no billing period for enrollment ${enrollment}: either nothing has been billed yet, or ask the source why`
    : `the source does not list ${wanted} for enrollment ${enrollment}: name periods from ${oldest} to ${newest}`
}

interface ToFetch {
  readonly dataset: Dataset
  readonly target: Series
  readonly plan: DuePlan
}

async function seriesToFetch(
  archive: Archive,
  options: FetchOptions,
  signal: AbortSignal,
): Promise<ToFetch[]> {
  const enrollments = archive.enrollments.filter((each) => (options.enrollment ?? each) === each)
  const wanted = options.dataset === undefined ? datasets : [datasetNamed(options.dataset)]
  const found: ToFetch[] = []
  for (const dataset of wanted) {
    for (const enrollment of enrollments) {
      for (const source of sourcesOffering(archive.sources, dataset.name)) {
        const only = await wantedPeriods(source, enrollment, options, signal)
        const due = await dueSeries(archive, source, dataset, enrollment, signal, { only })
        const { kind } = source.definition
        for (const plan of due) {
          const { billingPeriod } = plan
          if (billingPeriod === ALL_PERIODS && options.dataset === undefined) continue
          const target = { source: kind, dataset: dataset.name, enrollment, billingPeriod }
          found.push({ dataset, target, plan })
        }
      }
    }
  }
  return found
}

/** The listed periods that the flags name. */
async function wantedPeriods(
  source: Source,
  enrollment: string,
  { period, from, to }: FetchOptions,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const listed = (await source.listPeriods(enrollment, signal)).map(({ id }) => id)
  if (period !== undefined) return new Set(listed.filter((id) => id === period))
  if (from === undefined && to === undefined) return new Set(listed.slice(0, 1))
  return new Set(listed.filter((id) => id >= (from ?? '') && id <= (to ?? '999999')))
}

/** Processes messages until there are none; continuations are added meanwhile. */
async function work(archive: Archive, messages: MessageList, signal: AbortSignal): Promise<void> {
  const tries = new Map<string, number>()
  for (;;) {
    const now = await messages.take(signal)
    if (now.length === 0) return
    await pMap(
      now,
      async (message) => {
        try {
          await archivePart(archive, parseMessage(JSON.parse(message)), signal)
        } catch (error) {
          signal.throwIfAborted()
          const count = (tries.get(message) ?? 0) + 1
          tries.set(message, count)
          archive.log.warn('part.retried', { tries: count, ...describeError(error) })
          if (count < TRIES) messages.add(message)
        }
      },
      { concurrency: PARTS_AT_ONCE },
    )
  }
}

async function report(context: Context, targets: readonly Series[]): Promise<Outcome> {
  const { screen } = context
  const { archive } = context.deps
  const enrollments = [...new Set(targets.map(({ enrollment }) => enrollment))]
  const ours = new Set(targets.map(seriesFolder))
  const isOurs = (each: Series): boolean => ours.has(seriesFolder(each))
  const series = (await checkHealth(archive, enrollments)).filter(isOurs)
  const { columns: source, cells } = sourceColumn(context, series)
  const rows = series.map((each) => [
    ...cells(each),
    each.dataset,
    each.enrollment,
    each.billingPeriod,
    String(each.number ?? '-'),
    each.failed.length === 0
      ? each.status
      : each.failed.map(({ part, code }) => `${part}: ${code}`).join(', '),
  ])
  const columns = [
    ...source,
    { title: 'dataset', least: 12 },
    { title: 'enrollment', least: 8 },
    { title: 'period' },
    { title: 'number', align: 'right' as const },
    { title: 'status', least: 20 },
  ]
  const text = table(screen, columns, rows)
  const isFailed = series.some(({ status }) => ['failed', 'missing', 'damaged'].includes(status))
  return {
    text,
    json: series.map((each) => toldHealth(archive.sources, each)),
    exitCode: isFailed ? 1 : 0,
  }
}
