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
import { arrayEnd, type Block, blockSplitter } from '../../rows/blocks/blocks.ts'
import type { RowBytes } from '../../rows/blocks/cut-by-day.ts'
import { sha256 } from '../../rows/blocks/digest.ts'
import { GZIP_HEADER, gzipTrailer } from '../../rows/blocks/gzip-blocks.ts'
import type { RowLayout } from '../../rows/row-layout.ts'
import type { Archive } from '../archive.ts'
import { type HashedFile, hashedFile } from './hashed-file.ts'

/** The three files of one attempt at a part, or at a slice of one, written while rows arrive. */
export interface FileTriple {
  /** Adds rows; the caller may reuse their buffers once it resolves. */
  add(rows: RowBytes): Promise<void>
  /** Rows added so far. */
  rows(): number
  /** Bytes of the rows that wait for their block to fill up. */
  openBytes(): number
  /** True if full blocks are not written yet. */
  isBusy(): boolean
  /** Writes the full blocks. */
  flush(): Promise<void>
  /** Ends the rows, and returns the digests of their blocks. Nothing is visible yet. */
  end(): Promise<string[]>
  /** Makes the files visible: JSON, CSV, index. */
  commit(): Promise<FileRecord[]>
  /** Discards files that will not be committed. */
  abandon(): void
}

/** What the files are called and labelled. */
export interface FileTarget {
  readonly series: Series
  readonly part: string
  /** Null unless the part is cut into slices. */
  readonly slice: string | null
  readonly attempt: string
  readonly rowsVersion: number
}

/** How many blocks of a part are deflated while the next one is filled, unless texts are scarce. */
const DEFLATE_AHEAD = 2

/** `isOneOfMany`: many triples are open at once, so each holds little in memory. */
export function fileTriple(
  { snapshots, texts, deflate }: Pick<Archive, 'snapshots' | 'texts' | 'deflate'>,
  { series, part, slice, attempt, rowsVersion }: FileTarget,
  layout: RowLayout,
  isOneOfMany = false,
): FileTriple {
  const nameOf = (extension: FileExtension): string =>
    partFile(series, part, slice, attempt, extension)
  const upload = (extension: 'json.gz' | 'csv', contentType: string): HashedFile =>
    hashedFile(snapshots.upload(nameOf(extension), { contentType, isOneOfMany }))
  const json = upload('json.gz', CONTENT_TYPES.json)
  const csv = upload('csv', CONTENT_TYPES.csv)
  const pieces = pieceCutter(layout.header.length)
  const blocks = blockSplitter(texts)
  const trailer = gzipTrailer()
  const entries: PartIndex['blocks'] = []
  /** Full blocks waiting for deflate, and deflated ones. Their texts are ours until they are written. */
  const full: Block[] = []
  const deflating: { block: Block; bytes: Promise<Buffer> }[] = []
  let rows = 0
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

  async function flush(): Promise<void> {
    while (deflating.length > 0) await writeBlock()
  }

  return {
    async add(more) {
      await start()
      rows += more.rows
      pieces.add(more.csv)
      const written = csv.write(more.csv)
      full.push(...blocks.add(more))
      await written
      await writeFull()
    },

    rows: () => rows,
    openBytes: blocks.openBytes,
    isBusy: () => deflating.length > 0,
    flush,

    async end() {
      await start()
      full.push(...blocks.end())
      await writeFull()
      await flush()
      index = {
        format: INDEX_FORMAT,
        blocks: entries,
        blocksEnd: json.bytes(),
        csvHeaderBytes: layout.header.length,
        csvPieces: pieces.end(),
      }
      await json.write(trailer.end(arrayEnd(rows === 0)))
      return entries.map((entry) => entry.sha256)
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
        const of = slice === null ? {} : { slice }
        return { format, path, rows, bytes, sha256: fileSha256, rowsVersion, ...of }
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
