/** Whether what a reader read is a state that some snapshot had. */
import { createHash } from 'node:crypto'
import type { Cell } from '../../testing/oracles/parquet-oracle.ts'

/** The digest of each column's cells. */
export type State = ReadonlyMap<string, string>

export function digestOf(cells: readonly Cell[]): string {
  const hash = createHash('sha256')
  for (const cell of cells) hash.update(`${typeof cell} ${String(cell)}\0`)
  return hash.digest('hex')
}

/** The digests of some columns of rows. */
export function stateRead(
  rows: readonly Readonly<Record<string, Cell>>[],
  columns: readonly string[],
): State {
  return new Map(
    columns.map((name) => [name, digestOf(rows.map((row) => row[name] ?? null))] as const),
  )
}

/** True if one and the same state has all of these columns. */
export function isState(read: State, states: readonly State[]): boolean {
  return states.some((state) => [...read].every(([name, digest]) => state.get(name) === digest))
}
