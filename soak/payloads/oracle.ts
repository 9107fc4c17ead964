/**
 * What an archive must contain for a source's rows, computed with JSON.parse, csv-parse and BigInts. It uses
 * nothing of `shared/rows`, so that it can't be wrong in the same way.
 */
import { createHash } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { parse } from 'csv-parse/sync'
import type { MemoryContainer } from '../../testing/simulation/memory-storage.ts'

/** The relevant fields of a manifest. */
export interface SeenManifest {
  readonly number: number
  readonly settled: boolean
  readonly columns: readonly string[]
  readonly rowCount: number
  readonly totals: Readonly<Record<string, string>>
  readonly unknownFields: readonly string[]
  readonly parts: readonly {
    readonly key: string
    readonly rowCount: number
    readonly files: readonly {
      readonly format: string
      readonly path: string
      readonly sha256: string
    }[]
  }[]
}

/** The summed columns, according to the documentation of the format. */
const SUMMED: Readonly<Record<string, readonly string[]>> = {
  billingperiods: [],
  usagedetails: ['cost', 'consumedQuantity'],
  marketplacecharges: ['consumedQuantity', 'extendedCost'],
  pricesheet: ['includedQuantity', 'unitPrice'],
  balancesummary: [
    'beginningBalance',
    'endingBalance',
    'newPurchases',
    'adjustments',
    'utilized',
    'serviceOverage',
    'chargesBilledSeparately',
    'totalOverage',
    'totalUsage',
    'azureMarketplaceServiceCharges',
  ],
}

const OTHER_FIELDS = 'otherFields'

/** Aliases of columns. */
const ALIASES: Readonly<Record<string, string>> = { Cost: 'cost' }

/** True for a field without a column. */
function isOther(name: string, columns: readonly string[]): boolean {
  const column = ALIASES[name] ?? name
  return column === OTHER_FIELDS || !columns.includes(column)
}

/** What is wrong with a snapshot that should contain `rows`, in this order. */
export function wrongSnapshot(
  snapshots: MemoryContainer,
  dataset: string,
  manifest: SeenManifest,
  rows: readonly string[],
): string[] {
  const wrong: string[] = []
  const files = manifest.parts.flatMap((part) => part.files)
  for (const { path, sha256 } of files) {
    const bytes = snapshots.get(path)?.bytes
    if (bytes === undefined) wrong.push(`${path} is missing`)
    else if (createHash('sha256').update(bytes).digest('hex') !== sha256)
      wrong.push(`${path} is altered`)
  }
  if (wrong.length > 0) return wrong

  const bytesOf = (path: string): Buffer => snapshots.get(path)?.bytes ?? Buffer.alloc(0)
  const texts = files
    .filter(({ format }) => format === 'json')
    .map(({ path }) => gunzipSync(bytesOf(path)).toString())
  const lines = texts.flatMap(linesOf)
  const expected = rows.map(withoutSpace)
  const at = expected.findIndex((row, i) => row !== lines[i])
  if (lines.length !== expected.length) wrong.push(`${lines.length} rows, not ${expected.length}`)
  else if (at >= 0)
    wrong.push(`row ${at + 1} is ${lines[at]?.slice(0, 200)}, not ${expected[at]?.slice(0, 200)}`)
  if (manifest.rowCount !== rows.length) wrong.push(`its manifest says ${manifest.rowCount} rows`)

  const records = files
    .filter(({ format }) => format === 'csv')
    .flatMap(({ path }) => csvRecords(bytesOf(path), manifest.columns, wrong))
  const parsed = rows.map((row) => JSON.parse(row, exactly) as Record<string, unknown>)
  if (records.length !== parsed.length) wrong.push(`the CSV has ${records.length} records`)
  for (const [i, fields] of parsed.entries()) {
    const why = wrongRecord(records[i] ?? [], fields, manifest.columns)
    if (why !== null) wrong.push(`CSV record ${i + 1}: ${why}`)
  }
  for (const column of SUMMED[dataset] ?? []) {
    const total = sumOf(parsed.map((fields) => valueOf(fields, column)))
    if (manifest.totals[column] !== total) {
      wrong.push(`the total of ${column} is ${manifest.totals[column]}, not ${total}`)
    }
  }
  const unknown = new Set(
    parsed
      .flatMap((fields) => Object.keys(fields))
      .filter((name) => isOther(name, manifest.columns)),
  )
  const told = [...unknown].map((name) => name.slice(0, 256)).sort()
  if ([...manifest.unknownFields].sort().join() !== told.join()) {
    wrong.push(`unknown fields are ${manifest.unknownFields.join()}, not ${told.join()}`)
  }
  return wrong
}

/** The rows of a file that is an array with one row per line. */
function linesOf(text: string): string[] {
  JSON.parse(text) // it is one JSON text
  return text
    .split('\n')
    .filter((line) => line !== '' && line !== ']' && line !== '[]')
    .map((line) => line.slice(1))
}

/** `json` without white space between its tokens. */
function withoutSpace(json: string): string {
  return json.replaceAll(/("(?:[^"\\]|\\[\s\S])*")|[ \t\r\n]+/g, '$1')
}

/** A number as its own text, so that no digit is lost. */
class Digits {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

function exactly(
  this: unknown,
  _key: string,
  value: unknown,
  context?: { source?: string },
): unknown {
  return typeof value === 'number' ? new Digits(context?.source ?? '') : value
}

/** A column's value: that of the last matching member. */
function valueOf(fields: Readonly<Record<string, unknown>>, column: string): unknown {
  return fields[Object.keys(fields).findLast((key) => (ALIASES[key] ?? key) === column) ?? column]
}

function csvRecords(
  bytes: Buffer,
  columns: readonly string[],
  wrong: string[],
): (string | null)[][] {
  const [header, ...records] = parse(bytes, {
    record_delimiter: '\r\n',
    relax_column_count: true,
    cast: (value: string, { quoting }: { quoting: boolean }) =>
      quoting || value !== '' ? value : null,
  }) as unknown as (string | null)[][]
  if (header?.join() !== columns.join())
    wrong.push('the CSV has another header row than its manifest')
  return records
}

function wrongRecord(
  record: readonly (string | null)[],
  fields: Readonly<Record<string, unknown>>,
  columns: readonly string[],
): string | null {
  if (record.length !== columns.length) return `${record.length} fields, not ${columns.length}`
  for (const [i, column] of columns.entries()) {
    const found = record[i] ?? null
    if (column === OTHER_FIELDS) {
      const others = Object.entries(fields).filter(([key]) => isOther(key, columns))
      const expected = others.length === 0 ? null : Object.fromEntries(others)
      const same =
        expected === null
          ? found === null
          : found !== null && isSame(JSON.parse(found, exactly), expected)
      if (!same) return `otherFields is ${found?.slice(0, 100)}`
      continue
    }
    const value = valueOf(fields, column) ?? null
    const isNested = typeof value === 'object' && value !== null && !(value instanceof Digits)
    const same = isNested
      ? found !== null && isSame(JSON.parse(found, exactly), value)
      : found === textOf(value)
    if (!same) return `${column} is ${found?.slice(0, 100)}`
  }
  return null
}

function textOf(value: unknown): string | null {
  if (value instanceof Digits) return value.text
  if (typeof value === 'string') return value.toWellFormed()
  return value === null ? null : JSON.stringify(value)
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

/** The longest summed value, in digits of plain notation. */
const MAX_DIGITS = 100

/** The exact sum of the values that are numbers and not too long, in plain notation. */
function sumOf(values: readonly unknown[]): string {
  const numbers = values.flatMap((value) =>
    value instanceof Digits ? (numberOf(value.text) ?? []) : [],
  )
  const scale = Math.max(0, ...numbers.map((number) => number.scale))
  const sum = numbers.reduce(
    (all, { mantissa, scale: own }) => all + mantissa * 10n ** BigInt(scale - own),
    0n,
  )
  const digits = (sum < 0n ? -sum : sum).toString().padStart(scale + 1, '0')
  const point = digits.length - scale
  const text = `${digits.slice(0, point)}.${digits.slice(point)}`.replace(/\.?0*$/, '')
  return sum < 0n ? `-${text}` : text
}

function numberOf(text: string): { mantissa: bigint; scale: number } | null {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e')
  const [whole = '', fraction = ''] = mantissa.split('.')
  const digits = BigInt(whole.replace('-', '') + fraction)
  if (digits === 0n) return { mantissa: 0n, scale: 0 }
  const zeros = (/0*$/.exec(digits.toString())?.[0] ?? '').length
  const scale = fraction.length - Number(exponent) - zeros
  const significant = digits / 10n ** BigInt(zeros)
  const before = Math.max(1, significant.toString().length - scale)
  if (before + Math.max(0, scale) > MAX_DIGITS) return null
  const value = scale < 0 ? significant * 10n ** BigInt(-scale) : significant
  return { mantissa: whole.startsWith('-') ? -value : value, scale: Math.max(0, scale) }
}
