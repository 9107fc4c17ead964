/** Exact sums of a dataset's decimals over billing periods, grouped by columns. */
import { datasetNamed } from '../../datasets/catalogue.ts'
import { columnsAt } from '../../datasets/columns-at.ts'
import { ArchiveError } from '../../errors.ts'
import type { Condition } from '../../rows/select/condition.ts'
import { type GroupTotals, groupSums } from '../../rows/select/group-sums.ts'
import type { BlobReader } from '../../storage/ports.ts'
import { readBlock } from './read-rows.ts'
import type { Snapshot } from './read-snapshots.ts'
import { candidatesFrom, START } from './serve-rows.ts'

/** The name of the row's billing period among the columns to group by. */
export const BILLING_PERIOD = 'billingPeriod'

export interface TotalsQuery {
  readonly dataset: string
  /** One or two columns, {@link BILLING_PERIOD} among them; none for one sum of all. */
  readonly groupBy: readonly string[]
  readonly sum: readonly string[]
  readonly where: readonly Condition[]
}

/** Sums over some rows. */
export interface Sums {
  readonly rows: number
  readonly totals: Readonly<Record<string, string>>
  /** How many values are not numbers, or too long, and are in no total, by column; absent if there are none. */
  readonly leftOut?: Readonly<Record<string, number>>
}

/** A snapshot whose rows are in a sum. */
interface SummedSnapshot {
  /** Where snapshots of several sources are summed. */
  readonly source?: string
  readonly billingPeriod: string
  readonly number: number
  readonly takenAt: string
}

export interface Totals extends Sums {
  readonly snapshots: readonly SummedSnapshot[]
  readonly groups: readonly (Sums & { readonly key: Readonly<Record<string, string>> })[]
}

/** More groups than anyone needs, and as many as memory allows. */
const MAX_GROUPS = 50_000

/** Sums over the rows of all snapshots. Rejects with `BAD_REQUEST` if there would be too many groups. */
export async function totalsOf(
  reader: BlobReader,
  snapshots: readonly Snapshot[],
  query: TotalsQuery,
): Promise<Totals> {
  // Rows are read as JSON, which has every field, so the current column names are used.
  const dataset = datasetNamed(query.dataset)
  const layout = columnsAt(dataset, dataset.rowsVersion).layout
  const isByPeriod = query.groupBy.includes(BILLING_PERIOD)
  const columns = query.groupBy.filter((name) => name !== BILLING_PERIOD)
  const sums = groupSums(layout, { ...query, groupBy: columns })
  for await (const { position, segment, index, block } of candidatesFrom(
    reader,
    snapshots,
    START,
    null,
  )) {
    const period = snapshots[position.snapshot]?.manifest.billingPeriod ?? ''
    sums.add(await readBlock(reader, segment.json, index, block), isByPeriod ? [period] : [])
    if (sums.size > MAX_GROUPS) {
      const message = `there are more than ${MAX_GROUPS} groups: group by other columns, or narrow it with where`
      throw new ArchiveError('BAD_REQUEST', message)
    }
  }
  const names = isByPeriod ? [BILLING_PERIOD, ...columns] : columns
  return {
    snapshots: summed(snapshots),
    groups: sums.groups().map((group) => {
      return { key: named(names, group.key), ...sumsOf(query.sum, group) }
    }),
    ...sumsOf(query.sum, sums.total()),
  }
}

function sumsOf(columns: readonly string[], { rows, totals, leftOut }: GroupTotals): Sums {
  const left = columns.flatMap((name, i) => {
    const count = leftOut[i] ?? 0
    return count === 0 ? [] : [[name, count] as const]
  })
  return {
    rows,
    totals: named(columns, totals),
    ...(left.length === 0 ? {} : { leftOut: Object.fromEntries(left) }),
  }
}

function named(names: readonly string[], values: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name, i) => [name, values[i] ?? '']))
}

function summed(snapshots: readonly Snapshot[]): SummedSnapshot[] {
  const isOfSeveral = new Set(snapshots.map(({ manifest }) => manifest.source.kind)).size > 1
  return snapshots.map(({ manifest: { source, billingPeriod, number, takenAt } }) => {
    const snapshot = { billingPeriod, number, takenAt }
    return isOfSeveral ? { source: source.kind, ...snapshot } : snapshot
  })
}
