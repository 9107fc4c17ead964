/** The rows of a snapshot in the units that enter Parquet and summary: one for each CSV file. */
import { ArchiveError } from '../../errors.ts'
import type { Manifest } from '../../format/manifest.ts'
import { assertVersion, type FileRecord, segmentsOf } from '../../format/part-record.ts'
import { sha256 } from '../../rows/blocks/digest.ts'
import type { SnapshotStore } from '../../storage/ports.ts'
import { readIndex } from '../read/read-snapshots.ts'

/** The rows of one CSV file. A unit never has rows of two parts or slices. */
export interface RowUnit {
  /**
   * Digest of its JSON file. It identifies the rows in all versions of the columns, because the CSV of a version is made from
   * that file alone.
   */
  readonly key: string
  readonly csv: FileRecord
  readonly index: FileRecord
}

/** The units of a snapshot in the order of their rows. Throws `FORMAT_INVALID` for files of another rowsVersion. */
export function rowUnits({
  parts,
  rowsVersion,
}: Pick<Manifest, 'parts' | 'rowsVersion'>): RowUnit[] {
  return parts.flatMap((part) => {
    assertVersion(part, rowsVersion)
    return segmentsOf(part.files)
      .filter(({ csv }) => csv.rows > 0)
      .map(({ json, csv, index }) => ({ key: json.sha256, csv, index }))
  })
}

/** Reads the CSV records of one unit after another. */
export interface UnitReader {
  /**
   * The records of a unit, without the header. Each piece is compared with its digest, and is valid until the next one is
   * requested, of whatever unit. Rejects with `DIGEST_MISMATCH`.
   */
  csvOf(unit: RowUnit): AsyncIterable<Buffer>
}

/** Units are read into one buffer, which saves a host many MiB. */
export function unitReader(snapshots: Pick<SnapshotStore, 'read' | 'readRange'>): UnitReader {
  let buffer = Buffer.alloc(0)
  return {
    async *csvOf({ csv: { path }, index }) {
      const { csvPieces } = await readIndex(snapshots, index.path)
      const most = Math.max(0, ...csvPieces.map(({ bytes }) => bytes))
      if (buffer.length < most) buffer = Buffer.allocUnsafeSlow(most)
      for (const piece of csvPieces) {
        const bytes = await snapshots.readRange(path, piece.offset, piece.bytes, buffer)
        checkPiece(path, piece, bytes)
        yield bytes
      }
    },
  }
}

/** Throws `DIGEST_MISMATCH` unless `bytes` are the piece of the file at `path`. */
export function checkPiece(
  path: string,
  piece: { readonly offset: number; readonly sha256: string },
  bytes: Uint8Array,
): void {
  const found = sha256(bytes)
  if (found === piece.sha256) return
  throw new ArchiveError(
    'DIGEST_MISMATCH',
    `${path} at ${piece.offset}: expected SHA-256 ${piece.sha256}, found ${found}`,
  )
}
