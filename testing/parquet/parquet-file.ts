/** Whole Parquet files, put together from row groups in memory. */
import type { ParquetColumn } from '../../shared/outputs/parquet/columns.ts'
import { footer } from '../../shared/outputs/parquet/footer.ts'
import { MAGIC } from '../../shared/outputs/parquet/parquet-codes.ts'
import { readFooter } from '../../shared/outputs/parquet/read-footer.ts'
import { movedBy, type RowGroup } from '../../shared/outputs/parquet/row-group.ts'
import type { EncodedGroup } from '../../shared/outputs/parquet/row-group-encoder.ts'

/** A file with these row groups one after the other. */
export function parquetFile(
  columns: readonly ParquetColumn[],
  encoded: readonly EncodedGroup[],
  notes: ReadonlyMap<string, string> = new Map(),
): Buffer {
  const { bytes, groups } = placed(encoded, MAGIC.length)
  return Buffer.concat([MAGIC, bytes, footer({ columns, groups, notes })])
}

/** The file with `encoded` in place of its row group `replaced`: it only grows, so it can be read with its old length. */
export function grownFile(
  file: Buffer,
  replaced: number,
  encoded: readonly EncodedGroup[],
): Buffer {
  const old = readFooter(file)
  const { bytes, groups } = placed(encoded, file.length)
  const all = old.groups.flatMap((group, i) => (i === replaced ? groups : [group]))
  return Buffer.concat([file, bytes, footer({ ...old, groups: all })])
}

function placed(
  encoded: readonly EncodedGroup[],
  start: number,
): { readonly bytes: Buffer; readonly groups: RowGroup[] } {
  let at = start
  const groups = encoded.map(({ pages, group }) => {
    const moved = movedBy(group, at)
    at += pages.reduce((sum, { length }) => sum + length, 0)
    return moved
  })
  return { bytes: Buffer.concat(encoded.flatMap(({ pages }) => pages)), groups }
}
