/** Decides which series have files with fewer columns than the catalogue, and plans their rebuild. */
import type { Dataset } from '../../datasets/dataset.ts'
import { confirmedAt, type Manifest, seriesOfManifest } from '../../format/manifest.ts'
import { isSamePart, type Receipt, rowsVersionOf } from '../../format/part-record.ts'
import {
  type ClosedState,
  carriedOf,
  checkedAtOf,
  type OpenState,
  type SeriesState,
  STATE_FORMAT,
} from '../../format/series-state.ts'
import { lastSuccess, receiptsOf } from '../state/read-state.ts'

/** True if the catalogue has gained columns since the snapshot's files were written. */
export function isOutdated(
  { rowsVersion }: Pick<Manifest, 'rowsVersion'>,
  dataset: Pick<Dataset, 'rowsVersion'>,
): boolean {
  return rowsVersion < dataset.rowsVersion
}

/**
 * True if the state alone shows that the newest snapshot has all columns, so that it need not be read. After a
 * failed plan the receipts may be newer than the snapshot.
 */
export function isKnownCurrent(
  state: SeriesState | null,
  dataset: Pick<Dataset, 'rowsVersion'>,
): boolean {
  if (state?.status !== 'closed' || (state.outcomes[0]?.status ?? 'failed') === 'failed')
    return false
  const parts = Object.values(state.receipts).map(({ part }) => part)
  return parts.length > 0 && parts.every((part) => rowsVersionOf(part) >= dataset.rowsVersion)
}

/** Values for a new plan. */
export interface NewPlan {
  readonly id: string
  readonly rowsVersion: number
  readonly at: Date
  readonly deadline: Date
}

/** The plan that rebuilds the files of `newest`, with the same parts, rows and times of checks. */
export function rebuildPlan(
  newest: Manifest,
  closed: ClosedState | null,
  made: NewPlan,
): OpenState {
  const success = lastSuccess(closed)
  const confirmed = confirmedAt(newest)
  const carried =
    closed === null
      ? { format: STATE_FORMAT, series: seriesOfManifest(newest), outcomes: [] }
      : carriedOf(closed)
  return {
    ...carried,
    format: STATE_FORMAT,
    status: 'open',
    base: baseOf(newest, closed),
    plan: {
      id: made.id,
      parts: newest.parts.map(({ key }) => key),
      settled: newest.settled,
      rowsVersion: made.rowsVersion,
      apiVersion: newest.source.apiVersion,
      openedAt: made.at.toISOString(),
      freshAfter: confirmed,
      deadline: made.deadline.toISOString(),
      sentAt: null,
      shrunk: null,
      rebuild: {
        number: newest.number,
        checkedAt: success === null ? confirmed : checkedAtOf(success),
      },
      // A plan that was requested and not opened yet follows this one.
      ...(closed?.again === undefined ? {} : { again: closed.again }),
    },
  }
}

/** The parts as the snapshot names them, each with the ETag that the state knows for the same files. */
function baseOf(newest: Manifest, closed: ClosedState | null): Record<string, Receipt> {
  const known = closed?.receipts ?? {}
  const receipts = Object.entries(receiptsOf(newest)).map(([key, receipt]) => {
    const found = known[key]
    return [
      key,
      found !== undefined && isOfFiles(found, receipt) ? { ...found, part: receipt.part } : receipt,
    ]
  })
  return Object.fromEntries(receipts) as Record<string, Receipt>
}

function isOfFiles(found: Receipt, receipt: Receipt): boolean {
  const paths = ({ part }: Receipt): string => part.files.map(({ path }) => path).join()
  return isSamePart(found.part, receipt.part) && paths(found) === paths(receipt)
}
