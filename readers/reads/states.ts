/** A month of which many snapshots are archived, each with one restated day, before anyone reads its view. */

import { columnsAt } from '../../shared/datasets/columns-at.ts'
import { usageDetails } from '../../shared/datasets/usage-details.ts'
import { viewName } from '../../shared/format/view-names.ts'
import { parquetColumns } from '../../shared/outputs/parquet/columns.ts'
import { openOrJoin } from '../../shared/usecases/plan/open-or-join.ts'
import { newestSnapshot, type Snapshot } from '../../shared/usecases/read/read-snapshots.ts'
import { viewCells } from '../../testing/oracles/view-cells.ts'
import { memoryStorage } from '../../testing/simulation/memory-storage.ts'
import { drain, type Stack, type TestArchive } from '../../testing/stack/archive-stack.ts'
import { daysFrom, rowsOfDay } from '../archive/dated-rows.ts'
import { FIRST_DAY, PERIOD, type RowServer, startRowServer } from '../archive/row-server.ts'
import { digestOf, type State } from './judge.ts'

export const SERIES = {
  source: 'ea-reporting',
  dataset: 'usagedetails',
  enrollment: '100',
  billingPeriod: PERIOD,
} as const

const DAYS = 10
const ROWS_A_DAY = 250
const COLUMNS = parquetColumns(columnsAt(usageDetails, usageDetails.rowsVersion))

export interface Month {
  readonly archive: TestArchive
  readonly snapshots: readonly Snapshot[]
  readonly states: readonly State[]
  /** SHA-256 of the CSV of each state. */
  readonly csv: readonly string[]
  close(): Promise<void>
}

/** Archives `count` snapshots. Their view is kept in memory, so that the one in storage is still empty. */
export async function monthOfStates(
  stack: Stack,
  count: number,
  columns: readonly string[],
  say: (line: string) => void,
): Promise<Month> {
  const days = daysFrom(FIRST_DAY, DAYS)
  const revisions = new Map(days.map((day) => [day, 0]))
  const rowsOn = (day: string | null): string[] =>
    day === null ? [] : rowsOfDay(day, ROWS_A_DAY, revisions.get(day) ?? 0)
  const server: RowServer = await startRowServer((dataset, day) =>
    dataset === 'usagedetails' ? rowsOn(day) : [],
  )
  const archive = await stack.fresh({ settings: { EA_REPORTING_ENDPOINT: server.url } })
  const { view, stored } = memoryStorage(Date.now)
  const { deps } = archive
  const apart = { ...deps, archive: { ...deps.archive, view } }
  const cells = new Map<string, ReturnType<typeof viewCells>>()
  const snapshots: Snapshot[] = []
  const states: State[] = []
  const csv: string[] = []
  for (let i = 0; i < count; i++) {
    // Days are restated in no order, so that row groups of a compacted file come from many versions.
    const day = days[(i * 7) % DAYS] as string
    if (i > 0) revisions.set(day, (revisions.get(day) ?? 0) + 1)
    cells.set(day, viewCells(usageDetails, COLUMNS, rowsOn(day)))
    if (i === 0)
      for (const each of days) cells.set(each, viewCells(usageDetails, COLUMNS, rowsOn(each)))
    const plan = { billingPeriod: PERIOD, parts: days, settled: false }
    await openOrJoin(apart.archive, usageDetails, SERIES, plan)
    await drain(apart, archive.queue, AbortSignal.timeout(60_000))
    const snapshot = await newestSnapshot(apart.archive.snapshots, SERIES)
    if (snapshot?.manifest.number !== i + 1) throw new Error(`snapshot ${i + 1} was not made`)
    snapshots.push(snapshot)
    states.push(
      stateOf(
        days.flatMap((each) => cells.get(each) ?? []),
        columns,
      ),
    )
    csv.push(digestOf([stored.view.get(viewName(SERIES, 'csv'))?.bytes.toString() ?? '']))
    if ((i + 1) % 50 === 0) say(`${i + 1} of ${count} snapshots archived`)
  }
  return {
    archive,
    snapshots,
    states,
    csv,
    async close() {
      await archive.close()
      await server.close()
    },
  }
}

function stateOf(rows: ReturnType<typeof viewCells>, columns: readonly string[]): State {
  return new Map(
    columns.map((name) => {
      const at = COLUMNS.findIndex((column) => column.name === name)
      return [name, digestOf(rows.map((row) => row[at] ?? null))]
    }),
  )
}
