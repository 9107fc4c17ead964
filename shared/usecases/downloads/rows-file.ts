/** The rows of snapshots as one file. */
import { createHash } from 'node:crypto'
import { datasetNamed } from '../../datasets/catalogue.ts'
import { columnsAt } from '../../datasets/columns-at.ts'
import { ArchiveError, hasCode } from '../../errors.ts'
import type { RowsDownload } from '../../format/download-request.ts'
import { type FileRecord, type Segment, segmentsOfParts } from '../../format/part-record.ts'
import { reportCsvSelector } from '../../rows/select/report-csv.ts'
import { type RowSelector, rowSelector } from '../../rows/select/row-selector.ts'
import type { BlobReader } from '../../storage/ports.ts'
import { readIndex, type Snapshot } from '../read/read-snapshots.ts'
import { type Candidate, candidatesFrom, START, takeRows } from '../read/serve-rows.ts'
import type { Composition } from './composition.ts'

const CONTENT_TYPES = {
  csv: 'text/csv; charset=utf-8',
  json: 'application/json; charset=utf-8',
  ndjson: 'application/x-ndjson; charset=utf-8',
  // The content type of the old API's CSV.
  'report-csv': 'application/octet-stream',
} as const

/** The content type of a file of rows. */
export function contentTypeOf(format: keyof typeof CONTENT_TYPES): string {
  return CONTENT_TYPES[format]
}

export function rowsFile(
  reader: BlobReader,
  snapshots: readonly Snapshot[],
  request: RowsDownload,
  reportFields: ReportFields,
): Composition {
  const selector = selectorFor(request, reportFields)
  let rows = 0
  const count = (more: number): void => void (rows += more)
  const segments = snapshots.flatMap(({ manifest }) => segmentsOfParts(manifest.parts))
  const isCopy =
    isWholeCsv(request) && segments.every(({ csv }) => csv.rowsVersion === request.rowsVersion)
  return {
    extension: request.as === 'report-csv' ? 'csv' : request.as,
    contentType: contentTypeOf(request.as),
    pieces: isCopy
      ? csvPieces(reader, segments, selector, count)
      : rowPieces(reader, snapshots, selector, count),
    rows: () => rows,
  }
}

/** The fields of the old API's CSV of a dataset, in order. */
export type ReportFields = (dataset: string) => readonly string[]

/** Selects the rows of the file from the snapshots. */
export function selectorFor(
  request: Pick<
    RowsDownload,
    | 'dataset'
    | 'rowsVersion'
    | 'dates'
    | 'where'
    | 'dropFields'
    | 'rename'
    | 'select'
    | 'decimals'
    | 'as'
  >,
  reportFields: ReportFields,
): RowSelector {
  const dataset = datasetNamed(request.dataset)
  const { layout } = columnsAt(dataset, request.rowsVersion)
  const dropFields = new Set(request.dropFields)
  if (request.as === 'report-csv') {
    const fields = reportFields(dataset.name).filter((name) => !dropFields.has(name))
    return reportCsvSelector(layout, fields, request.dates)
  }
  const rename = new Map(Object.entries(request.rename))
  return rowSelector(layout, { ...request, dropFields, rename }, request.as)
}

/** The file's content if there are no rows. */
export function emptyFile(request: RowsDownload, reportFields: ReportFields): Buffer {
  if (request.as === 'json') return Buffer.concat([OPEN, CLOSE])
  return selectorFor(request, reportFields).header
}

/** A CSV file with every row and column can be copied from the parts' files. */
export function isWholeCsv(request: RowsDownload): boolean {
  const { as, dates, where, dropFields, rename, select } = request
  const isWhole = dates === null && where.length === 0 && dropFields.length === 0
  if (Object.keys(rename).length > 0) return false
  return as === 'csv' && isWhole && select === null
}

/** The rows of the parts' CSV files; if one is damaged or missing, the rows of its JSON. */
async function* csvPieces(
  reader: BlobReader,
  segments: readonly Segment[],
  selector: RowSelector,
  count: (rows: number) => void,
): AsyncGenerator<Uint8Array> {
  yield selector.header
  for (const segment of segments) {
    const { csv } = segment
    if (csv.rows === 0) continue
    count(csv.rows)
    const index = await readIndex(reader, segment.index.path)
    const chunks = checkedFile(reader, csv)
    const first = await chunks.next().catch((error: unknown) => {
      if (hasCode(error, 'FILE_DAMAGED', 'BLOB_NOT_FOUND')) return null
      throw error
    })
    if (first === null) {
      for (const block of index.blocks.keys()) {
        const taken = await takeRows(reader, { position: START, segment, index, block }, selector)
        yield taken.text
      }
      continue
    }
    let skip = index.csvHeaderBytes
    for (let next = first; next.done !== true; next = await chunks.next()) {
      const skipped = Math.min(skip, next.value.length)
      skip -= skipped
      if (skipped < next.value.length) yield next.value.subarray(skipped)
    }
  }
}

/** Streams a file, and rejects with `DIGEST_MISMATCH` at its end if the bytes do not match its record. */
async function* checkedFile(
  reader: BlobReader,
  { path, sha256 }: FileRecord,
): AsyncGenerator<Buffer, undefined> {
  const hash = createHash('sha256')
  for await (const chunk of reader.stream(path)) {
    hash.update(chunk)
    yield chunk
  }
  const found = hash.digest('hex')
  if (found === sha256) return
  throw new ArchiveError('DIGEST_MISMATCH', `${path}: expected SHA-256 ${sha256}, found ${found}`)
}

const OPEN = Buffer.from('[')
const CLOSE = Buffer.from(']')
const BETWEEN = Buffer.from('\n,')

async function* rowPieces(
  reader: BlobReader,
  snapshots: readonly Snapshot[],
  selector: RowSelector,
  count: (rows: number) => void,
): AsyncGenerator<Uint8Array> {
  const isJson = selector.format === 'json'
  yield isJson ? OPEN : selector.header
  let isFirst = true
  const candidates = candidatesFrom(reader, snapshots, START, selector.dates)
  for await (const taken of ahead(candidates, (each) => takeRows(reader, each, selector))) {
    if (taken.rows === 0) continue
    if (isJson && !isFirst) yield BETWEEN
    isFirst = false
    count(taken.rows)
    yield taken.text
  }
  if (isJson) yield CLOSE
}

/** Reads the next block while the previous one is written. */
async function* ahead<T>(
  candidates: AsyncIterable<Candidate>,
  read: (candidate: Candidate) => Promise<T>,
): AsyncGenerator<T> {
  let reading: Promise<T> | null = null
  try {
    for await (const candidate of candidates) {
      const last = reading
      reading = read(candidate)
      if (last !== null) yield await last
    }
    if (reading !== null) yield await reading
  } finally {
    // A caller that stops early does not wait for it, so its failure is ignored.
    reading?.catch(() => {})
  }
}
