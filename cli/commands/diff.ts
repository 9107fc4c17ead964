import { ArchiveError } from '../../shared/errors.ts'
import type { Series } from '../../shared/snapshots/series.ts'
import { diffSnapshots } from '../../shared/usecases/diff-snapshots.ts'
import { findSnapshot } from '../../shared/usecases/export-snapshot.ts'
import type { Context } from '../context.ts'
import { type Outcome, ok, table } from '../outcome.ts'

/** What changed between two snapshots; between the newest and the one before, if none is named. */
export async function diff(
  { deps }: Context,
  series: Omit<Series, 'source'>,
  numbers: { readonly from?: number; readonly to?: number },
  isRows: boolean,
): Promise<Outcome> {
  const { snapshots, source } = deps.archive
  const target = { ...series, source: source.kind }
  const to = await findSnapshot(snapshots, target, { number: numbers.to })
  const before = numbers.from ?? to.manifest.number - 1
  if (before === 0) throw new ArchiveError('NOT_FOUND', 'snapshot 1 is the only one there is')
  const from = await findSnapshot(snapshots, target, { number: before })
  const rows: { kind: string; row: string }[] = []
  const found = await diffSnapshots(snapshots, from.manifest, to.manifest, (kind, row) => {
    if (isRows) rows.push({ kind, row })
  })
  const totals = found.totals.map((total) => [total.column, total.from, total.to, total.difference])
  const lines = [
    `snapshot ${found.from.number} (${found.from.rows} rows) to ${found.to.number} (${found.to.rows} rows): ${found.added} added, ${found.removed} removed`,
    ...(totals.length === 0 ? [] : [table(['total', 'from', 'to', 'difference'], totals)]),
    ...rows.map(({ kind, row }) => `${kind === 'added' ? '+' : '-'} ${row}`),
  ]
  return ok(lines.join('\n'), { ...found, ...(isRows ? { rows } : {}) })
}
