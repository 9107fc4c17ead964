/**
 * Compares JSON with CSV field by field, using code independent of the writer: JSON.parse, which exposes the
 * text of each number, and a CSV reader of a few lines.
 */

import type { Segment } from '../../format/part-record.ts'
import { csvRecords } from '../../rows/csv/csv-records.ts'
import { OTHER_FIELDS, OTHER_FIELDS_NAME, type RowLayout } from '../../rows/row-layout.ts'
import { NumberText, parseExactly, stringifyExactly } from '../../rows/scan/exact-json.ts'
import { inflated } from '../read/stored-rows.ts'
import { type Fault, fault } from './fault.ts'
import type { FileChecker } from './file-checker.ts'

/** The first difference between the two files of a segment, as a fault; none if they agree. */
export async function checkFields(checker: FileChecker, segment: Segment): Promise<Fault[]> {
  const { json, csv } = segment
  const why = await firstDifference(checker, segment).catch((error: unknown) => {
    if (error instanceof SyntaxError) return `it is not valid CSV: ${error.message}`
    throw error
  })
  if (why === null) return []
  return [fault('FIELDS_DIFFER', csv.path, why, `${json.path} is what the source sent`)]
}

async function firstDifference(
  { snapshots, layout }: FileChecker,
  { json, csv }: Segment,
): Promise<string | null> {
  const records = csvRecords(snapshots.stream(csv.path))
  const header = (await records.next()).value
  const columns = headerOf(layout)
  if (!Array.isArray(header) || header.join() !== columns.join()) {
    return "its header row is not the dataset's"
  }
  let row = 0
  for await (const line of rowLines(inflated(snapshots, json.path))) {
    row++
    const fields = parseExactly(line) as Record<string, unknown>
    const record = await records.next()
    if (record.done === true) return `row ${row} is missing`
    const expected = expectedFields(fields, layout, line)
    const column = columns.findIndex(
      (_, i) => !isSame(record.value[i] ?? null, expected[i] ?? null),
    )
    if (column >= 0 || record.value.length !== columns.length) {
      return `row ${row}, column ${columns[column] ?? 'count'} differs from the JSON`
    }
  }
  return (await records.next()).done === true ? null : `it has more than ${row} rows`
}

function headerOf(layout: RowLayout): string[] {
  return layout.csvOrder.map((column) =>
    column === OTHER_FIELDS ? OTHER_FIELDS_NAME : (layout.columns[column]?.name ?? ''),
  )
}

/** A nested value, whose field is JSON text as the source spelled it, not as we would. */
interface Nested {
  readonly value: unknown
}

type Expected = string | null | Nested

function isSame(field: string | null, expected: Expected): boolean {
  if (expected === null || typeof expected === 'string') return field === expected
  try {
    return stringifyExactly(parseExactly(field ?? '')) === stringifyExactly(expected.value)
  } catch {
    return false // not JSON: a different value
  }
}

/** The expected fields of a row's CSV record; null is an empty field without quotes. */
function expectedFields(
  fields: Readonly<Record<string, unknown>>,
  layout: RowLayout,
  line: string,
): Expected[] {
  const values: unknown[] = layout.columns.map(() => undefined)
  const others: [string, unknown][] = []
  const spellings = new Set<number>()
  let isSpeltTwice = false
  for (const [key, value] of Object.entries(fields)) {
    const column = layout.columnByKey.get(key)
    if (column === undefined) others.push([key, value])
    else {
      if (spellings.has(column)) isSpeltTwice = true
      spellings.add(column)
      values[column] = value
      if (layout.columns[column]?.late === true) others.push([key, value])
    }
  }
  if (isSpeltTwice) {
    // A parsed object does not show which of two spellings came last, and the last one counts.
    for (const key of memberNames(line)) {
      const column = layout.columnByKey.get(key)
      if (column !== undefined) values[column] = fields[key]
    }
  }
  const other = others.length === 0 ? null : { value: Object.fromEntries(others) }
  return layout.csvOrder.map((column) =>
    column === OTHER_FIELDS ? other : fieldOf(values[column]),
  )
}

const TOKENS = /"(?:[^"\\]+|\\.)*"|[{}[\]:,]/g

/** The names of a row's members in order, including repetitions. */
function* memberNames(line: string): Generator<string> {
  let depth = 0
  let before = ''
  for (const [token] of line.matchAll(TOKENS)) {
    if (token === ':' && depth === 1) yield JSON.parse(before) as string
    else if (token === '{' || token === '[') depth++
    else if (token === '}' || token === ']') depth--
    before = token
  }
}

function fieldOf(value: unknown): Expected {
  if (value instanceof NumberText) return value.text
  if (typeof value === 'string') return value.toWellFormed()
  if (typeof value === 'boolean') return String(value)
  return value === null || value === undefined ? null : { value }
}

/** The row texts of a JSON file: one per line, after `[` or a comma. */
async function* rowLines(text: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest: Buffer[] = []
  for await (const chunk of text) {
    let from = 0
    for (let end = chunk.indexOf('\n'); end >= 0; end = chunk.indexOf('\n', from)) {
      const line = Buffer.concat([...rest, chunk.subarray(from, end)]).toString()
      rest = []
      from = end + 1
      if (line !== ']' && line !== '[]') yield line.slice(1)
    }
    rest.push(chunk.subarray(from))
  }
}
