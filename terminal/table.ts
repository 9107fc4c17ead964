/** Columns of text that fit the terminal. */
import { stripVTControlCharacters } from 'node:util'
import Table from 'cli-table3'
import type { Screen } from './screen.ts'

export interface Column {
  readonly title: string
  readonly align?: 'right'
  /** Priority for omission on narrow terminals; the highest goes first. */
  readonly drop?: number
  /** The column may be shortened to this width; never shortened if absent. */
  readonly least?: number
}

const BETWEEN = 2

const NO_BORDERS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: ' '.repeat(BETWEEN),
}

/**
 * Formats lines. Cells that are too wide are shortened (or wrapped, with `isWrapped`), and columns are
 * omitted with a note below.
 */
export function table(
  screen: Screen,
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  { isWrapped = false }: { readonly isWrapped?: boolean } = {},
): string {
  const natural = columns.map(({ title }, i) =>
    Math.max(title.length, ...rows.map((row) => widthOf(row[i] ?? ''))),
  )
  const shown = columns.map((_, i) => i)
  const leastWidth = (): number =>
    shown.reduce((sum, i) => {
      const { least = Infinity } = columns[i] as Column
      return sum + Math.min(natural[i] ?? 0, least) + BETWEEN
    }, -BETWEEN)
  const dropped: string[] = []
  while (leastWidth() > screen.width) {
    const next = shown
      .filter((i) => (columns[i]?.drop ?? 0) > 0)
      .sort((a, b) => (columns[b]?.drop ?? 0) - (columns[a]?.drop ?? 0))[0]
    if (next === undefined) break
    shown.splice(shown.indexOf(next), 1)
    dropped.push(columns[next]?.title ?? '')
  }
  const widths = fitted(
    screen.width,
    shown.map((i) => natural[i] ?? 0),
    shown.map((i) => columns[i] as Column),
  )
  const grid = new Table({
    head: shown.map((i) => screen.style('bold', columns[i]?.title ?? '')),
    chars: NO_BORDERS,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true },
    colWidths: widths,
    wordWrap: isWrapped,
    colAligns: shown.map((i) => columns[i]?.align ?? 'left'),
  })
  grid.push(...rows.map((row) => shown.map((i) => row[i] ?? '')))
  const lines = grid
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
  if (dropped.length > 0) {
    const names = dropped.join(', ')
    lines.push(
      screen.style('dim', `(hidden, because the terminal is narrow: ${names}; --json has all)`),
    )
  }
  return lines.join('\n')
}

/** Shrinks the widest shortenable column, one character at a time, until the table fits. */
function fitted(width: number, natural: readonly number[], columns: readonly Column[]): number[] {
  const widths = [...natural]
  const total = (): number => widths.reduce((sum, each) => sum + each + BETWEEN, -BETWEEN)
  while (total() > width) {
    const widest = widths
      .map((each, i) => ({ i, spare: each - (columns[i]?.least ?? each) }))
      .filter(({ spare }) => spare > 0)
      .sort((a, b) => (widths[b.i] ?? 0) - (widths[a.i] ?? 0))[0]
    if (widest === undefined) break
    widths[widest.i] = (widths[widest.i] ?? 0) - 1
  }
  return widths
}

function widthOf(cell: string): number {
  return stripVTControlCharacters(cell).length
}
