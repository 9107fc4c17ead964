import type { Cell } from '../../testing/oracles/parquet-oracle.ts'
import type { CellsRead, ViewCase } from './reader.ts'

/** The cells that a reader read otherwise, in words. */
export function differences(
  { columns, rows }: Pick<ViewCase, 'columns' | 'rows'>,
  read: CellsRead,
): string[] {
  const found: string[] = []
  columns.forEach(({ name }, at) => {
    const cells = read.get(name) ?? []
    for (let row = 0; row < Math.max(rows.length, cells.length); row++) {
      const [expected, cell] = [rows[row]?.[at], cells[row]]
      if (!isSame(expected, cell))
        found.push(`${name}, row ${row}: ${shown(cell)}, not ${shown(expected)}`)
    }
  })
  const unexpected = [...read.keys()].filter((name) =>
    columns.every((column) => column.name !== name),
  )
  return [...found, ...unexpected.map((name) => `${name} should not be there`)]
}

/** Texts by their bytes, everything else by value. */
function isSame(a: Cell | undefined, b: Cell | undefined): boolean {
  if (typeof a !== 'string' || typeof b !== 'string') return a === b
  return Buffer.from(a).equals(Buffer.from(b))
}

function shown(cell: Cell | undefined): string {
  return typeof cell === 'string' ? JSON.stringify(cell.slice(0, 80)) : String(cell)
}

/** The case with one expected cell changed for each type of column that has a value. */
export function planted({ columns, rows, ...rest }: ViewCase): { case: ViewCase; count: number } {
  const changed = rows.map((cells) => [...cells])
  const types = new Set<string>()
  columns.forEach(({ type }, at) => {
    if (types.has(type)) return
    const cells = changed.find((row) => (row[at] ?? null) !== null)
    if (cells === undefined) return
    cells[at] = other(cells[at] ?? null)
    types.add(type)
  })
  return { case: { columns, rows: changed, ...rest }, count: types.size }
}

function other(cell: Cell): Cell {
  switch (typeof cell) {
    case 'string':
      return `${cell} `
    case 'bigint':
      return cell + 1n
    case 'number':
      return cell + 1
    default:
      return !cell
  }
}
