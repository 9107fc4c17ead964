/**
 * An independent reader of CSV bodies for tests: another parser (csv-parse), and strings instead of bytes. It is as simple
 * as possible and computes what the batches of a body must contain.
 */
import { parse } from 'csv-parse/sync'
import { isSummable } from '../../shared/rows/decimal/decimal.ts'
import { cell, NumberText, sumNumbers } from './json-oracle.ts'

export interface OracleColumn {
  readonly name: string
  readonly isNumber?: boolean
  readonly aliases?: readonly string[]
  readonly isLate?: boolean
}

/** A row's members in order. */
type Members = readonly (readonly [string, unknown])[]

export interface Expected {
  readonly rows: readonly Members[]
  /** Records of the CSV, as `readCsv` gives them; `otherFields` parsed. */
  readonly records: readonly unknown[][]
  readonly unknown: ReadonlySet<string>
  readonly sum: string
}

/** What must be archived for `text`; throws if it must be rejected. `summed`: the only column with a sum. */
export function readByOracle(
  text: string,
  columns: readonly OracleColumn[],
  summed: string,
): Expected {
  const [header, ...records] = parse(text, {
    bom: true,
    skip_empty_lines: true,
    record_delimiter: ['\r\n', '\n'],
  }) as string[][]
  if (header === undefined) throw new Error('no header')
  if (isLetPass(text)) throw new Error('accepted by csv-parse, but invalid')
  const names = header.map((name) => nameOf(name, columns))
  const isKnown = (name: string): boolean => columns.some((column) => column.name === name)
  if (!names.some(isKnown)) throw new Error('no known name')
  const keys = names.map((name) => (isKnown(name) ? name : `?${name.trim().toLowerCase()}`))
  if (new Set(keys).size < keys.length) throw new Error('a name twice')
  if (records.some((record) => sameTexts(record, header))) throw new Error('the header is repeated')

  const late = columns.filter(({ isLate }) => isLate)
  const order = [
    ...columns.filter(({ isLate }) => !isLate).map(({ name }) => name),
    ...late.map(({ name }) => name),
    ...names.filter((name) => !isKnown(name)),
  ].filter((name) => names.includes(name))
  const rows = records.map((record) =>
    order.map((name) => [name, valueOf(record[names.indexOf(name)] ?? '', name, columns)] as const),
  )
  const isOther = (name: string): boolean =>
    !isKnown(name) || late.some((column) => column.name === name)
  return {
    rows,
    records: rows.map((row) => {
      const cells = new Map(row.map(([name, value]) => [name, cell(value)]))
      const others = row.filter(([name]) => isOther(name))
      return [
        ...columns.filter(({ isLate }) => !isLate).map(({ name }) => cells.get(name) ?? null),
        others.length === 0 ? null : Object.fromEntries(others),
        ...late.map(({ name }) => cells.get(name) ?? null),
      ]
    }),
    unknown: new Set(records.length === 0 ? [] : order.filter(isOther)),
    sum: sumNumbers(
      rows.flatMap((row) =>
        row.filter(([name, value]) => name === summed && isTerm(value)).map(([, value]) => value),
      ),
    ),
  }
}

/** Numbers too long for a sum are tested in `odd-values.test.ts`. */
function isTerm(value: unknown): boolean {
  return value instanceof NumberText && isSummable(value.text)
}

function nameOf(name: string, columns: readonly OracleColumn[]): string {
  const find = (text: string): string | undefined => {
    const wanted = text.trim().toLowerCase()
    return columns.find((column) =>
      [column.name, ...(column.aliases ?? [])].some((known) => known.toLowerCase() === wanted),
    )?.name
  }
  const inBrackets = name.trim().match(/\(([^()]+)\)$/)?.[1]
  return find(name) ?? find(inBrackets ?? '') ?? name
}

function valueOf(text: string, name: string, columns: readonly OracleColumn[]): unknown {
  if (text === '') return null
  const isNumber = columns.find((column) => column.name === name)?.isNumber === true
  return isNumber && isJsonNumber(text) ? new NumberText(text) : text
}

function isJsonNumber(text: string): boolean {
  if (text.trim() !== text) return false
  try {
    return typeof JSON.parse(text) === 'number'
  } catch {
    return false
  }
}

function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, i) => text === b[i])
}

/** csv-parse accepts a zero byte after a closing quote, and a lone CR outside quotes; RFC 4180 does not. */
function isLetPass(text: string): boolean {
  const unquoted = text.replace(/"(?:[^"]|"")*"/g, '""')
  return /""\0|\r(?!\n)/.test(unquoted)
}
