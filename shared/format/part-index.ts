import { z } from 'zod'
import { canonicalJson, parseDocument } from './canonical-json.ts'
import { keeping } from './kept-fields.ts'

export const INDEX_FORMAT = 'billing-archive-index/1'

/** Size of a CSV piece, the unit from which views are assembled. 50,000 of them make 195 GiB. */
export const CSV_PIECE_BYTES = 4 * 1024 * 1024

const hex64 = z.string().regex(/^[0-9a-f]{64}$/)
const date = z.iso.date().nullable()

const indexSchema = keeping({
  format: z.literal(INDEX_FORMAT),
  /** Blocks of the JSON file, in order. */
  blocks: z.array(
    keeping({
      /** Where the block's deflated bytes begin in the file; they end where the next block's begin. */
      offset: z.int().nonnegative(),
      rows: z.int().positive(),
      /** Over the block's row lines, each terminated by `\n`. */
      sha256: hex64,
      firstDate: date,
      lastDate: date,
    }),
  ),
  /** Where the last block ends. */
  blocksEnd: z.int().nonnegative(),
  /** Bytes of the CSV file's header row, with its CRLF. */
  csvHeaderBytes: z.int().positive(),
  /** The rest of the CSV file, cut into pieces. */
  csvPieces: z.array(
    keeping({ offset: z.int().nonnegative(), bytes: z.int().positive(), sha256: hex64 }),
  ),
})

/** Locates pages, date ranges and CSV pieces in a part without reading the rest. */
export type PartIndex = z.infer<typeof indexSchema>

export function indexBytes(index: PartIndex): Buffer {
  return canonicalJson(index)
}

/** Reads an index file; throws `FORMAT_INVALID`. */
export function parseIndex(bytes: Uint8Array, name: string): PartIndex {
  return parseDocument(indexSchema, bytes, name)
}

/** 20170401 → `2017-04-01`; 0 → null. */
export function indexDate(date: number): string | null {
  if (date === 0) return null
  const text = String(date).padStart(8, '0')
  const iso = `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}`
  return z.iso.date().safeParse(iso).success ? iso : null
}
