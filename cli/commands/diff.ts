import { ArchiveError } from '../../shared/errors.ts'
import { seriesLabel } from '../../shared/format/series.ts'
import { diffSnapshots } from '../../shared/usecases/read/diff-snapshots.ts'
import { findSnapshot } from '../../shared/usecases/read/export-snapshot.ts'
import { type Column, table } from '../../terminal/table.ts'
import type { Context } from '../context.ts'
import { counted, type Outcome, ok } from '../outcome.ts'
import { type SeriesFlags, seriesNamed } from './series-named.ts'

export interface DiffFlags extends SeriesFlags {
  readonly from?: number
  readonly to?: number
  readonly rows: boolean
}

/** Shows what changed between two snapshots; by default, between the newest and the one before. */
export async function diff(
  context: Context,
  dataset: string,
  words: readonly string[],
  numbers: DiffFlags,
): Promise<Outcome> {
  const { deps, screen } = context
  const { snapshots } = deps.archive
  const target = await seriesNamed(context, dataset, words, numbers)
  const isRows = numbers.rows
  const to = await findSnapshot(snapshots, target, { number: numbers.to })
  const before = numbers.from ?? to.manifest.number - 1
  if (before === 0)
    throw new ArchiveError(
      'NOT_FOUND',
      `${seriesLabel(target)} has no snapshot before number 1, so there is nothing to compare: name two snapshots with --from and --to once there are more`,
    )
  const from = await findSnapshot(snapshots, target, { number: before })
  const rows: { kind: string; row: string }[] = []
  const found = await diffSnapshots(snapshots, from.manifest, to.manifest, (kind, row) => {
    if (isRows) rows.push({ kind, row })
  })
  const totals = found.totals.map((total) => [
    total.column,
    ...[total.from, total.to, total.difference].map(screen.amount),
  ])
  const columns: Column[] = [
    { title: 'total', least: 12 },
    ...['from', 'to', 'difference'].map((title) => ({ title, align: 'right' as const })),
  ]
  const lines = [
    `snapshot ${found.from.number} (${counted(found.from.rows, 'row')}) to ${found.to.number} (${counted(found.to.rows, 'row')}): ${screen.count(found.added)} added, ${screen.count(found.removed)} removed`,
    ...(totals.length === 0 ? [] : [table(screen, columns, totals)]),
    ...rows.map(({ kind, row }) => `${kind === 'added' ? '+' : '-'} ${row}`),
  ]
  return ok(lines.join('\n'), { ...found, ...(isRows ? { rows } : {}) })
}
