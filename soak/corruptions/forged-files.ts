/** Changed indexes and CSV files, with matching digests in all manifests. */
import { deflateRawSync, gunzipSync, gzipSync } from 'node:zlib'
import { canonicalJson } from '../../shared/format/canonical-json.ts'
import { sha256 } from '../../shared/rows/blocks/digest.ts'
import type { Forged, Forger, Forgery } from './forgery.ts'
import {
  addUp,
  makeFit,
  manifestNames,
  overwrite,
  overwriteFile,
  readManifest,
  type Stored,
} from './self-consistent.ts'

interface LooseIndex {
  blocks: {
    offset: number
    rows: number
    sha256: string
    firstDate: string | null
    lastDate: string | null
  }[]
  blocksEnd: number
  csvHeaderBytes: number
  csvPieces: { offset: number; bytes: number; sha256: string }[]
}

/** The files of one segment in some manifest. */
interface Segment {
  readonly json: string
  readonly csv: string
  readonly index: string
}

function segments({ snapshots }: Stored): Segment[] {
  const paths = manifestNames(snapshots).flatMap((name) =>
    readManifest(snapshots, name).parts.flatMap(({ files }) =>
      files.filter(({ format }) => format === 'json').map(({ path }) => path),
    ),
  )
  return [...new Set(paths)].map((json) => {
    const attempt = json.replace(/\.json\.gz$/, '')
    return { json, csv: `${attempt}.csv`, index: `${attempt}.index.json` }
  })
}

function bytesOf({ snapshots }: Stored, name: string): Buffer {
  return snapshots.get(name)?.bytes ?? Buffer.alloc(0)
}

function readIndex(forger: Stored, name: string): LooseIndex {
  return JSON.parse(bytesOf(forger, name).toString()) as LooseIndex
}

function file(name: string, change: (segment: Segment, forger: Forger) => boolean): Forgery {
  return {
    name,
    apply(forger): Forged {
      const found = segments(forger)
      if (found.length === 0) return null
      const segment = forger.random.pick(found)
      if (!change(segment, forger)) return null
      makeFit(forger)
      return [segment.json, segment.csv, segment.index]
    },
  }
}

function index(name: string, change: (index: LooseIndex, forger: Forger) => boolean): Forgery {
  return file(name, (segment, forger) => {
    const read = readIndex(forger, segment.index)
    if (!change(read, forger)) return false
    overwriteFile(forger, segment.index, canonicalJson(read))
    return true
  })
}

/** Applies `change` to one element of the list; does nothing if the list is empty. */
function one<T>(list: readonly T[], { random }: Forger, change: (item: T) => void): boolean {
  if (list.length === 0) return false
  change(random.pick(list))
  return true
}

/** A changed CSV, with matching pieces in its index. */
function csv(name: string, change: (text: string, forger: Forger) => string): Forgery {
  return file(name, (segment, forger) => {
    const old = bytesOf(forger, segment.csv).toString()
    const changed = change(old, forger)
    if (changed === old) return false
    const bytes = Buffer.from(changed)
    overwriteFile(forger, segment.csv, bytes)
    const read = readIndex(forger, segment.index)
    const rows = bytes.subarray(read.csvHeaderBytes)
    read.csvPieces =
      rows.length === 0
        ? []
        : [{ offset: read.csvHeaderBytes, bytes: rows.length, sha256: sha256(rows) }]
    overwriteFile(forger, segment.index, canonicalJson(read))
    return true
  })
}

/** A changed JSON file, with a matching block and digest. */
function json(name: string, change: (text: string, forger: Forger) => string): Forgery {
  return file(name, (segment, forger) => {
    const read = readIndex(forger, segment.index)
    const [block] = read.blocks
    if (block === undefined || read.blocks.length > 1) return false
    const old = gunzipSync(bytesOf(forger, segment.json)).toString()
    const text = change(old, forger)
    if (text === old) return false
    const rows = text.slice(0, text.lastIndexOf(']'))
    const whole = gzipSync(text)
    const body = deflateRawSync(rows, { finishFlush: 3 })
    const end = deflateRawSync(']\n')
    const bytes = Buffer.concat([
      bytesOf(forger, segment.json).subarray(0, 10),
      body,
      end,
      whole.subarray(-8),
    ])
    overwriteFile(forger, segment.json, bytes)
    const lines = rows.slice(1).split('\n,').join('\n')
    Object.assign(block, { sha256: sha256(lines) })
    read.blocksEnd = 10 + body.length
    overwriteFile(forger, segment.index, canonicalJson(read))
    refitContent(forger, segment.json, block.sha256)
    return true
  })
}

/** Parts whose only block has a changed digest. */
function refitContent({ snapshots }: Stored, path: string, digest: string): void {
  for (const name of manifestNames(snapshots)) {
    const manifest = readManifest(snapshots, name)
    const part = manifest.parts.find(({ files }) => files[0]?.path === path && files.length === 3)
    if (part === undefined) continue
    part.contentSha256 = sha256(Buffer.from(digest, 'hex'))
    addUp(manifest)
    overwrite(snapshots, name, canonicalJson(manifest))
  }
}

export const indexForgeries: readonly Forgery[] = [
  index('block-begins-elsewhere', ({ blocks }, forger) =>
    one(blocks, forger, (block) => {
      block.offset += forger.random.pick([-1, 1])
    }),
  ),
  index('blocks-end-elsewhere', (read, { random }) => {
    read.blocksEnd += random.pick([-1, 1, 3])
    return true
  }),
  index('block-with-other-rows', ({ blocks }, forger) =>
    one(blocks, forger, (block) => {
      block.rows++
    }),
  ),
  index('block-with-another-digest', ({ blocks }, forger) =>
    one(blocks, forger, (block) => {
      block.sha256 = sha256(block.sha256)
    }),
  ),
  index('block-with-another-first-day', ({ blocks }, forger) =>
    one(blocks, forger, (block) => {
      block.firstDate = block.firstDate === null ? '2017-04-01' : null
    }),
  ),
  index('block-with-another-last-day', ({ blocks }, forger) =>
    one(blocks, forger, (block) => {
      block.lastDate = '2017-12-31'
    }),
  ),
  index('block-left-out', ({ blocks }) => blocks.pop() !== undefined),
  index('header-of-another-length', (read) => {
    read.csvHeaderBytes++
    return true
  }),
  index('piece-begins-elsewhere', ({ csvPieces }, forger) =>
    one(csvPieces, forger, (piece) => {
      piece.offset++
    }),
  ),
  index('piece-of-another-length', ({ csvPieces }, forger) =>
    one(csvPieces, forger, (piece) => {
      piece.bytes += forger.random.pick([-1, 1])
    }),
  ),
  index('piece-with-another-digest', ({ csvPieces }, forger) =>
    one(csvPieces, forger, (piece) => {
      piece.sha256 = sha256(piece.sha256)
    }),
  ),
  index('piece-left-out', ({ csvPieces }) => csvPieces.pop() !== undefined),
  index('piece-twice', ({ csvPieces }, forger) =>
    one(csvPieces, forger, (piece) => {
      csvPieces.push({ ...piece })
    }),
  ),
  csv('csv-with-another-digit', (text) =>
    text.replace(/(?<=\n[^\n]*)(\d)(?=[^\n]*\r\n$)/, (digit) => String((Number(digit) + 1) % 10)),
  ),
  csv('csv-without-its-last-row', (text) => text.replace(/[^\n]*\r\n$/, '')),
  csv('csv-with-a-row-twice', (text) => `${text}${/[^\n]*\r\n$/.exec(text)?.[0] ?? ''}`),
  csv('csv-with-quotes-round-nothing', (text) => text.replace(/,,(?=[^\n]*\r\n$)/, ',"",')),
  csv('csv-with-another-header', (text) => text.replace('serviceName', 'serviceNaem')),
  json('json-with-another-digit', (text) =>
    text.replace(/"cost":(\d)/, (_all, digit) => `"cost":${(Number(digit) + 1) % 10}`),
  ),
  json('json-with-a-field-more', (text) => text.replace('{', '{"forged":1,')),
  json('json-with-another-name', (text) => text.replace('"cost"', '"costs"')),
  json('json-with-white-space', (text) => text.replace('":', '": ')),
  file('json-deflated-as-one-piece', (segment, forger) => {
    const old = bytesOf(forger, segment.json)
    const bytes = gzipSync(gunzipSync(old), { level: 9 })
    if (bytes.equals(old) || readIndex(forger, segment.index).blocks.length === 0) return false
    overwriteFile(forger, segment.json, bytes)
    return true
  }),
]
