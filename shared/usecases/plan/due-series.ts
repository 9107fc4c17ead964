/** Finds the series that are due, from their states. */
import pMap from 'p-map'
import type { Dataset } from '../../datasets/dataset.ts'
import { confirmedAt } from '../../format/manifest.ts'
import { type Series } from '../../format/series.ts'
import { checkedAtOf } from '../../format/series-state.ts'
import { offerOf, type Source } from '../../sources/source.ts'
import type { Archive } from '../archive.ts'
import { newestSnapshot } from '../read/read-snapshots.ts'
import { lastSuccess, type ReadState, readState } from '../state/read-state.ts'
import type { SeriesFailures } from '../state/series-failures.ts'
import { billingPeriodsPlan, type DuePlan, duePlans, type History } from './due.ts'
import { listPeriods } from './list-periods.ts'

/** How many states are read concurrently. */
const READ_CONCURRENCY = 8

/** What finding the due series takes. */
export type DueReader = Pick<
  Archive,
  'state' | 'snapshots' | 'sources' | 'log' | 'policy' | 'businessDay'
>

/** Options that narrow what is due. */
export interface DueOptions {
  /** Plan these periods, due or not. */
  readonly only?: ReadonlySet<string>
  /** Collects series whose state is unreadable, which are left out; without it, the error is thrown. */
  readonly failures?: SeriesFailures
  /** A list of billing periods that was checked before this is not trusted. */
  readonly listedSince?: Date | null
}

/** The series of a source's dataset that are due, newest first. */
export async function dueSeries(
  archive: DueReader,
  source: Source,
  dataset: Dataset,
  enrollment: string,
  signal: AbortSignal,
  { only, failures, listedSince = null }: DueOptions = {},
): Promise<DuePlan[]> {
  const offer = offerOf(source.definition, dataset.name)
  if (offer === null) return []
  if (!dataset.perPeriod) return [billingPeriodsPlan]
  const periods = await listPeriods(archive, source, enrollment, signal, listedSince)
  const wanted = periods.filter(({ id }) => only?.has(id) ?? true)
  const histories = new Map<string, History>()
  let now = new Date(0)
  await pMap(
    wanted,
    async ({ id }) => {
      const series = seriesAt(source, dataset, enrollment, id)
      const look = async (): Promise<void> => {
        const read = await readState(archive.state, series)
        now = read.at
        histories.set(id, await historyOf(archive, read, series))
      }
      await (failures === undefined ? look() : failures.attempt(series, look))
    },
    { concurrency: READ_CONCURRENCY },
  )
  const { settlementDays, recheckDays } = archive.policy
  const settings = { day: archive.businessDay(), settlementDays, recheckDays, now }
  const unknown: History = { settled: null, checkedAt: null }
  const readable = new Set(histories.keys())
  return duePlans(
    offer,
    periods,
    (id) => histories.get(id) ?? unknown,
    settings,
    only ?? null,
  ).filter(({ billingPeriod }) => readable.has(billingPeriod))
}

/** From the state or, if that was lost, from the newest manifest. */
async function historyOf(
  archive: Pick<Archive, 'snapshots'>,
  { state }: ReadState,
  series: Series,
): Promise<History> {
  const success = lastSuccess(state)
  if (success !== null) {
    return { settled: success.settled, checkedAt: new Date(checkedAtOf(success)) }
  }
  const newest = await newestSnapshot(archive.snapshots, series)
  if (newest === null) return { settled: null, checkedAt: null }
  return { settled: newest.manifest.settled, checkedAt: new Date(confirmedAt(newest.manifest)) }
}

/** A source's series of a dataset. */
export function seriesAt(
  { definition }: Source,
  dataset: Dataset,
  enrollment: string,
  billingPeriod: string,
): Series {
  return { source: definition.kind, dataset: dataset.name, enrollment, billingPeriod }
}
