/** What the Parquet file of a snapshot should contain, from its JSON rows. */
import type { Dataset } from '../../shared/datasets/dataset.ts'
import type { ParquetColumn } from '../../shared/outputs/parquet/columns.ts'
import { parseExactly } from './json-oracle.ts'
import { type Cell, cellsOf } from './parquet-oracle.ts'
import { type Members, membersOf } from './row-members.ts'

/** The cells of rows, in the order of `columns`, the last of which is `exact`. */
export function viewCells(
  { columns: definitions }: Pick<Dataset, 'columns'>,
  columns: readonly ParquetColumn[],
  rows: readonly string[],
): Cell[][] {
  const names = new Map(
    definitions.flatMap(({ name, aliases = [] }) =>
      [name, ...aliases].map((spelling) => [spelling, name] as const),
    ),
  )
  return rows.map((row) => {
    const members = membersOf(row)
    const known: Record<string, unknown> = {}
    for (const [spelling, json] of members) {
      const name = names.get(spelling)
      if (name !== undefined) known[name] = valueOf(json)
    }
    const others = otherFields(members.filter(([spelling]) => !names.has(spelling)))
    const cells = cellsOf({ ...known, otherFields: others }, columns.slice(0, -1))
    return columns.map(({ name }) => cells[name] ?? null)
  })
}

/** Nested values have their JSON text, escapes included. */
function valueOf(json: string): unknown {
  return json.startsWith('{') || json.startsWith('[') ? json : parseExactly(json)
}

function otherFields(members: Members): string | null {
  if (members.length === 0) return null
  return `{${members.map(([name, json]) => `${JSON.stringify(name)}:${json}`).join(',')}}`
}
