import { createHash, type Hash } from 'node:crypto'
import { CSV_PIECE_BYTES, type PartIndex } from '../../format/part-index.ts'

/** Cuts a CSV file, read from its start, into the pieces that its index should list. */
export function csvPieces(headerBytes: number): {
  add(chunk: Uint8Array): void
  end(): PartIndex['csvPieces']
} {
  const pieces: PartIndex['csvPieces'] = []
  let header = headerBytes
  let offset = headerBytes
  let bytes = 0
  let hash: Hash = createHash('sha256')

  function close(): void {
    pieces.push({ offset, bytes, sha256: hash.digest('hex') })
    offset += bytes
    bytes = 0
    hash = createHash('sha256')
  }

  return {
    add(chunk) {
      let from = Math.min(header, chunk.length)
      header -= from
      while (from < chunk.length) {
        const to = Math.min(chunk.length, from + CSV_PIECE_BYTES - bytes)
        hash.update(chunk.subarray(from, to))
        bytes += to - from
        from = to
        if (bytes === CSV_PIECE_BYTES) close()
      }
    },
    end() {
      if (bytes > 0) close()
      return pieces
    },
  }
}
