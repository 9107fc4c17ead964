/** The CSV of the view: a header row, then pieces of the parts' CSV files as they are stored. Pure. */
import type { Manifest } from '../../format/manifest.ts'
import type { PartIndex } from '../../format/part-index.ts'
import { assertVersion, type PartRecord, segmentsOf } from '../../format/part-record.ts'
import { sha256 } from '../../rows/blocks/digest.ts'
import { csvHeader } from '../../rows/row-layout.ts'

export const CSV_CONTENT_TYPE = 'text/csv; charset=utf-8'

/** A piece of a part's CSV file; its digest is also its block's id in the view. */
export interface CsvPiece {
  readonly path: string
  readonly offset: number
  readonly bytes: number
  readonly sha256: string
}

/** The header row of a snapshot's own columns, not the current catalogue's, with its digest. */
export function csvHead({ columns }: Pick<Manifest, 'columns'>): {
  readonly bytes: Buffer
  readonly sha256: string
} {
  const bytes = csvHeader(columns)
  return { bytes, sha256: sha256(bytes) }
}

/**
 * The pieces of a part, in order. `indexAt`: the index file at a path; it is not called for files without rows.
 * Throws `FORMAT_INVALID` for files of another version of the columns.
 */
export async function csvPieces(
  part: PartRecord,
  rowsVersion: number,
  indexAt: (path: string) => Promise<Pick<PartIndex, 'csvPieces'>>,
): Promise<CsvPiece[]> {
  assertVersion(part, rowsVersion)
  const pieces: CsvPiece[] = []
  for (const { csv, index } of segmentsOf(part.files)) {
    if (csv.rows === 0) continue
    const found = await indexAt(index.path)
    pieces.push(...found.csvPieces.map((piece) => ({ path: csv.path, ...piece })))
  }
  return pieces
}
