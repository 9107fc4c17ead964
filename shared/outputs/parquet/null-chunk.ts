/** Column chunks without values: for row groups that were written before a column existed. */
import { PageKind, pageHeader } from './page-header.ts'
import type { ColumnChunk } from './row-group.ts'

export interface NullChunk {
  readonly page: Buffer
  /** Describes the chunk; its offsets count from the page. */
  readonly chunk: ColumnChunk
}

/** Returns the chunk of a column that is null in all `rows` of a group, some 35 bytes. */
export function nullChunk(rows: number): NullChunk {
  const run = [...varint(rows * 2), 0]
  const body = Buffer.from([run.length, 0, 0, 0, ...run])
  // Snappy: the length, then one literal.
  const compressed = Buffer.from([body.length, (body.length - 1) << 2, ...body])
  const header = pageHeader(PageKind.plain, body.length, compressed.length, rows)
  const page = Buffer.concat([header, compressed])
  const chunk = {
    offset: 0,
    dataOffset: 0,
    bytes: page.length,
    rawBytes: header.length + body.length,
    values: rows,
    nulls: rows,
    inexact: 0,
    bounds: null,
  }
  return { page, chunk }
}

function varint(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  for (; rest >= 128; rest >>= 7) bytes.push((rest & 127) | 128)
  return [...bytes, rest]
}
