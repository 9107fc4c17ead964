import { createHash, type Hash } from 'node:crypto'
import { CONTENT_TYPES } from '../../format/content-types.ts'
import { type FileExtension, partFile } from '../../format/layout.ts'
import {
  CSV_PIECE_BYTES,
  INDEX_FORMAT,
  indexBytes,
  indexDate,
  type PartIndex,
} from '../../format/part-index.ts'
import type { FileRecord } from '../../format/part-record.ts'
import type { Series } from '../../format/series.ts'
import type { RowBatch } from '../../rows/batch/row-batch.ts'
import { arrayEnd, type Block, blockSplitter } from '../../rows/blocks/blocks.ts'
import { sha256 } from '../../rows/blocks/digest.ts'
import { GZIP_HEADER, gzipTrailer } from '../../rows/blocks/gzip-blocks.ts'
import type { RowLayout } from '../../rows/row-layout.ts'
import type { Archive } from '../archive.ts'
import { hashedFile } from './hashed-file.ts'
import { type SegmentContent, segmentTally } from './segment-tally.ts'

/** The three files of one attempt at a part, written while rows arrive. */
export interface PartFiles {
  /** Adds rows; the caller may reuse the batch once it resolves. */
  add(batch: RowBatch): Promise<void>
  /** Rows taken so far. */
  rows(): number
  /** Ends the rows. Nothing is visible yet. */
  end(): Promise<SegmentContent>
  /** Makes the files visible: JSON, CSV, index. */
  commit(): Promise<FileRecord[]>
  /** Discards files that will not be committed. */
  abandon(): void
}

/** How many blocks of a part are deflated while the next one is filled, unless texts are scarce. */
const DEFLATE_AHEAD = 2

export function partFiles(
  { snapshots, texts, deflate }: Pick<Archive, 'snapshots' | 'texts' | 'deflate'>,
  target: { series: Series; part: string; attempt: string; rowsVersion: number },
  layout: RowLayout,
): PartFiles {
  const nameOf = (extension: FileExtension): string =>
    partFile(target.series, target.part, target.attempt, extension)
  const json = hashedFile(snapshots.upload(nameOf('json.gz'), { contentType: CONTENT_TYPES.json }))
  const csv = hashedFile(snapshots.upload(nameOf('csv'), { contentType: CONTENT_TYPES.csv }))
  const pieces = pieceCutter(layout.header.length)
  const blocks = blockSplitter(texts)
  const tally = segmentTally(layout)
  const trailer = gzipTrailer()
  const entries: PartIndex['blocks'] = []
  /** Full blocks waiting for deflate, and deflated ones. Their texts are ours until they are written. */
  const full: Block[] = []
  const deflating: { block: Block; bytes: Promise<Buffer> }[] = []
  let started = false
  let index: PartIndex | null = null

  async function start(): Promise<void> {
    if (started) return
    started = true
    await json.write(GZIP_HEADER)
    await csv.write(layout.header)
  }

  async function writeFull(): Promise<void> {
    for (let block = full.shift(); block !== undefined; block = full.shift()) {
      const bytes = deflate(textOf(block))
      bytes.catch(() => {}) // awaited in order by writeBlock; prevents an unhandled rejection until then
      deflating.push({ block, bytes })
      while (deflating.length > (texts.isScarce() ? 0 : DEFLATE_AHEAD)) await writeBlock()
    }
  }

  async function writeBlock(): Promise<void> {
    const [next] = deflating
    if (next === undefined) return
    const { block } = next
    trailer.add(textOf(block))
    const bytes = await next.bytes
    deflating.shift()
    entries.push({
      offset: json.bytes(),
      rows: block.rows,
      sha256: block.sha256,
      firstDate: indexDate(block.firstDate),
      lastDate: indexDate(block.lastDate),
    })
    texts.give(block.text)
    await json.write(bytes)
  }

  return {
    async add(batch) {
      await start()
      tally.add(batch)
      // The batch is valid only until the first await.
      pieces.add(batch.csv)
      const written = csv.write(batch.csv)
      full.push(...blocks.add(batch))
      await written
      await writeFull()
    },

    rows: tally.rows,

    async end() {
      await start()
      full.push(...blocks.end())
      await writeFull()
      while (deflating.length > 0) await writeBlock()
      index = {
        format: INDEX_FORMAT,
        blocks: entries,
        blocksEnd: json.bytes(),
        csvHeaderBytes: layout.header.length,
        csvPieces: pieces.end(),
      }
      await json.write(trailer.end(arrayEnd(tally.rows() === 0)))
      return tally.content(entries.map((entry) => entry.sha256))
    },

    abandon() {
      texts.discard(full.length + deflating.length + (blocks.isOpen() ? 1 : 0))
      full.length = 0
      deflating.length = 0
      json.abandon()
      csv.abandon()
    },

    async commit() {
      if (index === null) throw new Error('the rows have not ended yet')
      const body = indexBytes(index)
      const digest = sha256(body)
      const indexName = nameOf('index.json')
      const [jsonSha256, csvSha256] = await Promise.all([
        json.commit(),
        csv.commit(),
        snapshots.create(indexName, body, { contentType: 'application/json', sha256: digest }),
      ])
      const record = (
        format: FileRecord['format'],
        path: string,
        bytes: number,
        fileSha256: string,
      ): FileRecord => {
        const { rowsVersion } = target
        return { format, path, rows: tally.rows(), bytes, sha256: fileSha256, rowsVersion }
      }
      return [
        record('json', nameOf('json.gz'), json.bytes(), jsonSha256),
        record('csv', nameOf('csv'), csv.bytes(), csvSha256),
        record('index', indexName, body.length, digest),
      ]
    },
  }
}

function textOf({ text }: Block): Uint8Array {
  return text.bytes.subarray(0, text.length)
}

/** Cuts the CSV rows into the pieces from which the view is assembled. */
function pieceCutter(headerBytes: number): {
  add(csv: Uint8Array): void
  end(): PartIndex['csvPieces']
} {
  const pieces: PartIndex['csvPieces'] = []
  let offset = headerBytes
  let bytes = 0
  let hash: Hash | null = null

  function close(): void {
    if (hash === null) return
    pieces.push({ offset, bytes, sha256: hash.digest('hex') })
    offset += bytes
    bytes = 0
    hash = null
  }

  return {
    add(csv) {
      for (let from = 0; from < csv.length; ) {
        const take = Math.min(csv.length - from, CSV_PIECE_BYTES - bytes)
        hash ??= createHash('sha256')
        hash.update(csv.subarray(from, from + take))
        bytes += take
        from += take
        if (bytes === CSV_PIECE_BYTES) close()
      }
    },
    end() {
      close()
      return pieces
    },
  }
}
