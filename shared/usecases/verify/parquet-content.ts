/** Compares a Parquet file of the view with its snapshot, read by a library that shares no code with our encoder. */
import {
  type AsyncBuffer,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
} from 'hyparquet'
import { ArchiveError } from '../../errors.ts'
import { EXACT_NAME } from '../../outputs/parquet/columns.ts'
import { UNITS } from '../../outputs/parquet/kept-groups.ts'
import { DECIMAL_SCALE } from '../../outputs/parquet/parquet-codes.ts'
import {
  addScaled,
  addText,
  type DecimalSum,
  decimalSum,
  formatSum,
} from '../../rows/decimal/decimal.ts'
import { isNumberText } from '../../rows/decimal/number-text.ts'
import type { ViewStore } from '../../storage/ports.ts'
import type { Snapshot } from '../read/read-snapshots.ts'
import { SETTLED } from '../view/parquet-file.ts'
import { parquetNotes } from '../view/parquet-notes.ts'
import type { ParquetContent, ParquetFacts } from '../view/view-file.ts'

interface StoredFile extends Pick<ParquetContent, 'content'> {
  readonly name: string
  readonly length: number
  readonly etag: string
}

/**
 * Says how the file's notes, rows or sums differ from its snapshot; null if they do not. Rejects with `CONDITION_NOT_MET` if
 * the file was replaced meanwhile.
 */
export async function parquetDifference(
  view: Pick<ViewStore, 'readRange'>,
  file: StoredFile,
  newest: Snapshot,
): Promise<string | null> {
  const buffer = rangesOf(view, file)
  const facts = await file.content()
  try {
    const metadata = await parquetMetadataAsync(buffer)
    return (
      noteDifference(metadata, newest, facts) ??
      rowsDifference(metadata, facts) ??
      (await sumsDifference(buffer, metadata, facts))
    )
  } catch (error) {
    if (error instanceof ArchiveError) throw error
    return `it can't be read as Parquet: ${(error as Error).message}`
  }
}

function rangesOf(
  view: Pick<ViewStore, 'readRange'>,
  { name, length, etag }: StoredFile,
): AsyncBuffer {
  return {
    byteLength: length,
    async slice(start, end = length) {
      const bytes = await view.readRange(name, start, end - start, etag)
      if (bytes === null) throw new ArchiveError('CONDITION_NOT_MET', `${name} was replaced`)
      return new Uint8Array(bytes).buffer
    },
  }
}

function noteDifference(
  { key_value_metadata: stored = [], row_groups: groups }: FileMetaData,
  newest: Snapshot,
  { units }: ParquetFacts,
): string | null {
  const notes = new Map(stored.map(({ key, value }) => [key, value]))
  const settled = String(newest.manifest.settled)
  for (const [name, text] of [...parquetNotes(newest), [SETTLED, settled] as const]) {
    if (notes.get(name) !== text) return `its footer says ${name}=${notes.get(name)}, not ${text}`
  }
  return unitsDifference(
    groups.map(({ num_rows: rows }) => Number(rows)),
    notes.get(UNITS),
    units,
  )
}

/** `groups`: the rows of each row group. */
function unitsDifference(
  groups: readonly number[],
  note = '[]',
  units: ParquetFacts['units'],
): string | null {
  if (units === null) return null
  const stored = JSON.parse(note) as [key: string, groups: number][]
  let from = 0
  const isSame =
    stored.length === units.length &&
    stored.every(([key, count], i) => {
      from += count
      const rows = groups.slice(from - count, from).reduce((sum, each) => sum + each, 0)
      const expected = units[i]
      return key === expected?.key && (expected.rows ?? rows) === rows
    })
  return isSame ? null : 'it is not made of the rows of its snapshot'
}

function rowsDifference(
  { num_rows: rows }: FileMetaData,
  { rowCount }: ParquetFacts,
): string | null {
  if (rowCount === null || rows === BigInt(rowCount)) return null
  return `it has ${rows} rows, its snapshot ${rowCount}`
}

async function sumsDifference(
  file: AsyncBuffer,
  metadata: FileMetaData,
  { totals }: ParquetFacts,
): Promise<string | null> {
  const names = Object.keys(totals)
  if (names.length === 0) return null
  const sums = new Map(names.map((name) => [name, decimalSum()]))
  const raw = { ...metadata, schema: metadata.schema.map(withoutDecimal) }
  let rowEnd = 0
  for (const { num_rows: rows } of metadata.row_groups) {
    const rowStart = rowEnd
    rowEnd += Number(rows)
    const columns = [...names, EXACT_NAME]
    const found = await parquetReadObjects({ file, metadata: raw, columns, rowStart, rowEnd })
    for (const row of found) addRow(sums, row)
  }
  for (const [name, sum] of sums) {
    const total = formatSum(sum)
    if (total !== totals[name])
      return `${name} sums to ${total}, in its snapshot to ${totals[name]}`
  }
  return null
}

function addRow(sums: ReadonlyMap<string, DecimalSum>, row: Record<string, unknown>): void {
  const exact = typeof row[EXACT_NAME] === 'string' ? row[EXACT_NAME] : '{}'
  const texts = JSON.parse(exact) as Record<string, string>
  for (const [name, sum] of sums) {
    const [value, text] = [row[name], texts[name]]
    if (text !== undefined) {
      if (isNumberText(text)) addText(sum, text)
    } else if (value instanceof Uint8Array) {
      addScaled(sum, unscaled(value), DECIMAL_SCALE)
    }
  }
}

function unscaled(bytes: Uint8Array): bigint {
  return BigInt.asIntN(bytes.length * 8, BigInt(`0x${Buffer.from(bytes).toString('hex')}`))
}

type SchemaElement = FileMetaData['schema'][number]

/** The library makes decimals doubles; without their type it hands over the bytes. */
function withoutDecimal(element: SchemaElement): SchemaElement {
  if (element.converted_type !== 'DECIMAL') return element
  const { converted_type: _converted, logical_type: _logical, ...rest } = element
  return rest
}
