/**
 * Checks an archive after programs of two versions have worked on it, with independent code: csv-parse for
 * CSV, JSON.parse for rows, and the explicit columns of catalogues.ts.
 */
import { gunzipSync } from 'node:zlib'
import { parse } from 'csv-parse/sync'
import type { DatasetName } from '../../shared/datasets/dataset.ts'
import type { Manifest } from '../../shared/format/manifest.ts'
import { type Expected, expectedOf } from '../../testing/simulation/catalogues.ts'
import type { MemoryContainer, MemoryStorage } from '../../testing/simulation/memory-storage.ts'
import type { SimulatedSource } from '../../testing/simulation/source.ts'

/** The newest snapshot of the series, if there is one. */
export function newestOf({ stored }: MemoryStorage): Manifest | null {
  return manifestsOf(stored.snapshots).at(-1) ?? null
}

/** All faults, in words. */
export function faultsOf(
  { stored }: MemoryStorage,
  source: SimulatedSource,
  name: DatasetName,
): string[] {
  const faults: string[] = []
  const manifests = manifestsOf(stored.snapshots)
  for (const [i, manifest] of manifests.entries()) {
    const expected = expectedOf(name, manifest.rowsVersion)
    const where = `snapshot ${manifest.number}`
    if (manifest.number !== i + 1) faults.push(`${where}: the numbers have a gap`)
    if (expected === null) {
      faults.push(`${where}: no program has version ${manifest.rowsVersion}`)
      continue
    }
    const found = faultsOfSnapshot(stored.snapshots, manifest, expected, source)
    faults.push(...found.map((fault) => `${where}: ${fault}`))
  }
  const planIds = manifests.map(({ planId }) => planId)
  if (new Set(planIds).size < planIds.length) faults.push('a plan made two snapshots')
  faults.push(...faultsOfView(stored.view, stored.snapshots, manifests))
  for (const [blob, { bytes }] of stored.state) {
    const text = bytes.toString()
    if (blob.endsWith('/plan.json') && !text.includes('"status":"closed"')) {
      faults.push(`${blob} is not closed`)
    }
    if (blob.includes('/plans/') && !text.includes('"failure":null')) {
      faults.push(`${blob} has a failure, though nothing failed`)
    }
  }
  return faults
}

function faultsOfSnapshot(
  snapshots: MemoryContainer,
  manifest: Manifest,
  { columns, decimals }: Expected,
  source: SimulatedSource,
): string[] {
  const faults: string[] = []
  const { rowsVersion, billingPeriod, totals } = manifest
  if (manifest.columns.join() !== columns.join()) {
    faults.push(`version ${rowsVersion} with the columns ${manifest.columns.join()}`)
  }
  if (Object.keys(totals).toSorted().join() !== decimals.toSorted().join()) {
    faults.push(`totals of ${Object.keys(totals).join()}`)
  }
  const sums = new Map(decimals.map((column) => [column, 0n]))
  for (const part of manifest.parts) {
    if (part.files.some((file) => file.rowsVersion !== rowsVersion)) {
      faults.push(`part ${part.key} has files of another version`)
    }
    const lines = linesOf(snapshots, pathsOf(part, 'json'))
    const versions = source.versions(billingPeriod, part.key)
    if (!versions.some(({ pages }) => rowsText(pages) === lines.join(','))) {
      faults.push(`part ${part.key} does not match anything that the source said`)
    }
    const records = pathsOf(part, 'csv').flatMap((path) => {
      const [header, ...rows] = recordsOf(textOf(snapshots, path))
      if (header?.join() !== columns.join()) faults.push(`${path}: its header is ${header?.join()}`)
      return rows
    })
    if (records.length !== lines.length) faults.push(`part ${part.key}: ${records.length} CSV rows`)
    for (const [i, line] of lines.entries()) {
      const row = valuesOf(line)
      const fields = columns.map((column) => fieldOf(row, column, columns))
      if (records[i]?.join('\0') !== fields.join('\0')) {
        faults.push(`part ${part.key} row ${i}: ${records[i]?.join()} is not ${fields.join()}`)
      }
      for (const column of decimals) {
        sums.set(column, (sums.get(column) ?? 0n) + scaled(row.get(column) ?? '0'))
      }
    }
  }
  for (const [column, sum] of sums) {
    if (scaled(totals[column] ?? '') !== sum) faults.push(`the total of ${column} is another`)
  }
  return faults
}

/** Checks the view: one snapshot, one header, and rows of the same width. */
function faultsOfView(
  view: MemoryContainer,
  snapshots: MemoryContainer,
  manifests: readonly Manifest[],
): string[] {
  const [blob] = view.values()
  const newest = manifests.at(-1)
  if (newest === undefined) return ['there is no snapshot']
  if (blob === undefined) return ['there is no view']
  const number = Number(blob.metadata['number'])
  if (number !== newest.number) return [`the view is of snapshot ${number} of ${newest.number}`]
  const [header, ...rows] = recordsOf(blob.bytes.toString())
  const faults: string[] = []
  if (header?.join() !== newest.columns.join())
    faults.push(`the view has the header ${header?.join()}`)
  const narrow = rows.findIndex((row) => row.length !== header?.length)
  if (narrow >= 0) {
    faults.push(`row ${narrow} of the view has ${rows[narrow]?.length} of ${header?.length} fields`)
  }
  const expected = newest.parts.flatMap((part) =>
    pathsOf(part, 'csv').flatMap((path) => recordsOf(textOf(snapshots, path)).slice(1)),
  )
  if (JSON.stringify(rows) !== JSON.stringify(expected)) faults.push('the view has other rows')
  return faults
}

function manifestsOf(snapshots: MemoryContainer): Manifest[] {
  return [...snapshots]
    .filter(([name]) => name.includes('/snapshots/'))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { bytes }]) => JSON.parse(bytes.toString()) as Manifest)
}

function pathsOf({ files }: Manifest['parts'][number], format: 'json' | 'csv'): string[] {
  return files.filter((file) => file.format === format).map(({ path }) => path)
}

function textOf(snapshots: MemoryContainer, path: string): string {
  return snapshots.get(path)?.bytes.toString() ?? ''
}

/** The rows' own text. */
function linesOf(snapshots: MemoryContainer, paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    const text = gunzipSync(snapshots.get(path)?.bytes ?? Buffer.alloc(0)).toString()
    return text
      .split('\n')
      .map((line) => line.replace(/^[[,]/, ''))
      .filter((line) => line !== '' && line !== ']')
  })
}

function rowsText(pages: readonly string[]): string {
  return pages.map((page) => (page.startsWith('[') ? page.slice(1, -1) : page)).join(',')
}

function recordsOf(text: string): string[][] {
  return parse(text, { relax_column_count: true, record_delimiter: '\r\n' }) as string[][]
}

type Reviver = (key: string, value: unknown, context?: { source?: string }) => unknown

/** The members of a row as CSV fields. */
function valuesOf(line: string): Map<string, string> {
  const parseWith = JSON.parse as (text: string, reviver: Reviver) => Record<string, unknown>
  // Numbers as their own text.
  const row = parseWith(line, (_key, value, context) =>
    typeof value === 'number' ? { number: context?.source } : value,
  )
  return new Map(Object.entries(row).map(([key, value]) => [key, textIn(value)]))
}

function textIn(value: unknown): string {
  if (value === null) return ''
  if (typeof value === 'string') return value
  if (typeof value === 'object' && 'number' in value) return String(value.number)
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && 'number' in inner ? Number(inner.number) : inner,
  )
}

/** The value of a column; for `otherFields`, the fields that the first catalogue did not know. */
function fieldOf(row: Map<string, string>, column: string, columns: readonly string[]): string {
  if (column !== 'otherFields') return row.get(column) ?? ''
  const first = columns.slice(0, columns.indexOf('otherFields'))
  const others = [...row].filter(([key]) => !first.includes(key))
  const members = others.map(([key, text]) => {
    const isText = key === 'benefitId'
    return `${JSON.stringify(key)}:${isText ? JSON.stringify(text) : text}`
  })
  return `{${members.join(',')}}`
}

/** Decimals with up to four places, as whole numbers. */
function scaled(text: string): bigint {
  const [whole = '', places = ''] = text.split('.')
  if (!/^\d+$/.test(whole) || !/^\d{0,4}$/.test(places)) return -1n
  return BigInt(whole + places.padEnd(4, '0'))
}
