/** Decides which row groups of an existing file a new version of the file keeps. Pure. */
import { z } from 'zod'
import { OTHER_FIELDS_NAME } from '../../rows/row-layout.ts'
import { EXACT_NAME, type ParquetColumn } from './columns.ts'
import type { ParquetFile } from './footer.ts'
import { type NullChunk, nullChunk } from './null-chunk.ts'
import { readNote } from './read-note.ts'
import type { ColumnChunk, RowGroup } from './row-group.ts'

/** The name of the file's note with its units: a JSON array of `[key, number of row groups]`, in the order of the rows. */
export const UNITS = 'units'

const unitsSchema = z.array(z.tuple([z.string(), z.int().positive()]))

export function unitsNote(units: readonly (readonly [key: string, groups: number])[]): string {
  return JSON.stringify(units)
}

/** Returns the units of a file; none if its note is missing or does not fit its row groups. */
export function unitsOf({ notes, groups }: Pick<ParquetFile, 'notes' | 'groups'>): {
  readonly key: string
  readonly groups: readonly RowGroup[]
}[] {
  const units = readNote(unitsSchema, notes.get(UNITS)) ?? []
  let from = 0
  const found = units.map(([key, count]) => {
    from += count
    return { key, groups: groups.slice(from - count, from) }
  })
  return from === groups.length ? found : []
}

/** Rows that have row groups of their own. */
export interface Unit {
  readonly key: string
  /** Null if it is not known. */
  readonly rows: number | null
}

/**
 * For each unit, its row groups in `old`; null if they must be encoded. A unit is kept once: a key that occurs twice needs
 * two.
 */
export function keptGroups(
  old: ParquetFile,
  columns: readonly ParquetColumn[],
  units: readonly Unit[],
): (readonly RowGroup[] | null)[] {
  const added = addedColumns(old.columns, columns)
  const other = old.columns.findIndex(({ name }) => name === OTHER_FIELDS_NAME)
  // A field that is a column now was in `otherFields` before.
  const lacksNothing = ({ chunks, rows }: RowGroup): boolean =>
    added === 0 || chunks[other]?.nulls === rows
  const known = new Map<string, (readonly RowGroup[])[]>()
  for (const { key, groups } of added === null ? [] : unitsOf(old)) {
    if (groups.every(lacksNothing)) known.set(key, [...(known.get(key) ?? []), groups])
  }
  return units.map(({ key, rows }) => {
    const groups = known.get(key)?.shift() ?? null
    return groups === null || rows === null || rowsOf(groups) === rows ? groups : null
  })
}

function rowsOf(groups: readonly RowGroup[]): number {
  return groups.reduce((sum, { rows }) => sum + rows, 0)
}

/** How many columns were appended, before `exact`; null if anything else differs. */
function addedColumns(
  old: readonly ParquetColumn[],
  columns: readonly ParquetColumn[],
): number | null {
  const before = old.filter(({ type }) => type !== EXACT_NAME)
  const isSame = before.every(
    ({ name, type }, i) => columns[i]?.name === name && columns[i]?.type === type,
  )
  const added = columns.length - old.length
  return isSame && added >= 0 && before.length === old.length - 1 ? added : null
}

/** The group with a chunk for each of `count` columns, those that it lacks inserted before `exact`. */
export interface ExtendedGroup {
  /** The pages of the inserted chunks. */
  readonly pages: readonly Buffer[]
  readonly chunks: readonly ColumnChunk[]
}

/** Extends a group to `count` columns; `at`: the position in the file at which its new pages will be. */
export function extendedGroup(group: RowGroup, count: number, at: number): ExtendedGroup {
  const missing = count - group.chunks.length
  const exact = group.chunks.at(-1)
  if (missing === 0 || exact === undefined) return { pages: [], chunks: group.chunks }
  const made = Array.from({ length: missing }, (): NullChunk => nullChunk(group.rows))
  let offset = at
  const inserted = made.map(({ page, chunk }) => {
    const placed = { ...chunk, offset, dataOffset: offset }
    offset += page.length
    return placed
  })
  return {
    pages: made.map(({ page }) => page),
    chunks: [...group.chunks.slice(0, -1), ...inserted, exact],
  }
}
