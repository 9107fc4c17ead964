/** Adds an intact file beside a damaged one: a copy, or a regenerated file, with the expected digest. */

import { createHash } from 'node:crypto'
import { CONTENT_TYPES } from '../../format/content-types.ts'
import { attemptFileOf, type FileExtension, partFile, repairName } from '../../format/layout.ts'
import type { FileRecord, Segment } from '../../format/part-record.ts'
import { REPAIR_FORMAT, repairBytes } from '../../format/repair-record.ts'
import type { Series } from '../../format/series.ts'
import { sha256 } from '../../rows/blocks/digest.ts'
import { BLOCK_BYTES } from '../../rows/limits.ts'
import type { RowLayout } from '../../rows/row-layout.ts'
import type { Archive } from '../archive.ts'
import { remakeIndex } from '../fetch/remake-index.ts'
import { storedBatches } from '../read/stored-rows.ts'
import type { Copy, FindCopies } from './copies.ts'

export type Repairer = Pick<Archive, 'snapshots' | 'newId' | 'writer'>

/** A file to repair. */
export interface Damaged {
  readonly series: Series
  /** The file as its snapshots name it. */
  readonly file: FileRecord
  /** What is wrong with it. */
  readonly why: string
  /** The files of its segment that are intact; null for those that are not. */
  readonly sound: { readonly [format in FileRecord['format']]: FileRecord | null }
  readonly layout: RowLayout
}

/** The replacement of a damaged file, and its origin. */
export interface RepairedFile {
  readonly path: string
  readonly with: string
  readonly from: string
}

const EXTENSIONS: Record<FileRecord['format'], FileExtension> = {
  json: 'json.gz',
  csv: 'csv',
  index: 'index.json',
}

/** Tries copies first, then regenerates the file. Null if nothing has the bytes that the snapshots expect. */
export async function repairFile(
  archive: Repairer,
  damaged: Damaged,
  findCopies: readonly FindCopies[],
): Promise<RepairedFile | null> {
  const { file } = damaged
  for (const find of findCopies) {
    for await (const copy of find(file.path)) {
      const repaired = await store(archive, damaged, copy)
      if (repaired !== null) return repaired
    }
  }
  for (const copy of madeAgain(archive, damaged)) {
    const repaired = await store(archive, damaged, copy)
    if (repaired !== null) return repaired
  }
  return null
}

/** CSV and index are functions of the JSON, so they can be regenerated. */
function* madeAgain({ snapshots: { asStored } }: Repairer, damaged: Damaged): Generator<Copy> {
  const { file, sound, layout } = damaged
  const { json, csv } = sound
  if (json === null) return
  const from = `made again from ${json.path}`
  if (file.format === 'csv') {
    yield {
      from,
      async *bytes() {
        yield layout.header
        for await (const batch of storedBatches(asStored, json.path, layout)) {
          yield Buffer.from(batch.csv)
        }
      },
    }
  }
  if (file.format !== 'index' || csv === null) return
  const segment: Pick<Segment, 'json' | 'csv'> = { json, csv }
  // The second uses the block boundaries of older programs.
  for (const blockBytes of [BLOCK_BYTES, Infinity]) {
    yield {
      from,
      async *bytes() {
        const bytes = await remakeIndex(asStored, segment, layout, blockBytes)
        if (bytes !== null) yield bytes
      },
    }
  }
}

/** Writes the copy beside the file that it replaces, and its record. Null if the bytes do not match. */
async function store(
  { snapshots, newId, writer }: Repairer,
  { series, file, why }: Damaged,
  { from, bytes }: Copy,
): Promise<RepairedFile | null> {
  const place = attemptFileOf(file.path)
  const extension = EXTENSIONS[file.format]
  const name = partFile(series, place?.part ?? '', place?.slice ?? null, newId(), extension)
  const upload = snapshots.upload(name, { contentType: CONTENT_TYPES[file.format] })
  const hash = createHash('sha256')
  try {
    for await (const chunk of bytes()) {
      hash.update(chunk)
      await upload.write(chunk)
    }
    if (hash.digest('hex') !== file.sha256) return null
    await upload.commit(file.sha256)
  } finally {
    upload.abandon()
  }
  const { at } = await snapshots.asStored.read(name) // storage's clock
  const record = repairBytes({
    format: REPAIR_FORMAT,
    at: at.toISOString(),
    path: file.path,
    bytes: file.bytes,
    sha256: file.sha256,
    found: why,
    with: name,
    from,
    writer,
  })
  const options = { contentType: 'application/json', sha256: sha256(record) }
  await snapshots.create(repairName(series, newId()), record, options)
  return { path: file.path, with: name, from }
}
