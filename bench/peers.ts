/** The alternatives: pages in, CSV text out. */
import { readFileSync } from 'node:fs'
import { stringify } from 'csv-stringify/sync'
import { datasetNamed } from '../shared/datasets/catalogue.ts'
import { columnsAt } from '../shared/datasets/columns-at.ts'
import { rowBuffers } from '../shared/rows/batch/row-buffers.ts'
import { jsonReader } from '../shared/rows/json/read-json.ts'
import { csvColumnNames } from '../shared/rows/row-layout.ts'

export interface Peer {
  readonly name: string
  readonly version: string
  /** Writes the CSV of the pages, in pieces, to `sink`. */
  run(pages: readonly Buffer[], sink: (csv: Uint8Array) => void): void
}

const usage = datasetNamed('usagedetails')
const columns = csvColumnNames(usage.columns)
const layout = columnsAt(usage, usage.rowsVersion).layout

const buffers = rowBuffers()

type Row = Record<string, string | number | boolean | null>

function parsePage(page: Buffer): Row[] {
  return (JSON.parse(page.toString()) as { data: Row[] }).data
}

export const ours: Peer = {
  name: 'billing-archive',
  version: 'this checkout',
  run(pages, sink) {
    for (const page of pages) {
      const reader = jsonReader('list', layout, buffers)
      reader.push(page)
      reader.end()
      const batch = reader.take()
      if (batch !== null) sink(batch.csv)
    }
  },
}

// Its package.json is not exported; ours has the exact version.
const packageJson = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
const { devDependencies } = JSON.parse(packageJson) as { devDependencies: Record<string, string> }

export const csvStringify: Peer = {
  name: 'JSON.parse + csv-stringify',
  version: `csv-stringify ${devDependencies['csv-stringify']}`,
  run(pages, sink) {
    for (const page of pages) {
      sink(Buffer.from(stringify(parsePage(page), { columns, record_delimiter: 'windows' })))
    }
  },
}

export const handJoin: Peer = {
  name: 'JSON.parse + hand-written join',
  version: `Node ${process.versions.node}`,
  run(pages, sink) {
    for (const page of pages) {
      let text = ''
      for (const row of parsePage(page)) {
        text += `${columns.map((column) => field(row[column])).join(',')}\r\n`
      }
      sink(Buffer.from(text))
    }
  },
}

function field(value: Row[string] | undefined): string {
  if (value === null || value === undefined) return ''
  const text = String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
