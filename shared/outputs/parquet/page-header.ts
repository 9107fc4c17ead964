import { Encoding, PageType } from './parquet-codes.ts'
import { i32, struct, thriftBytes } from './thrift-writer.ts'

/** Kinds of pages, as in the kernel (`kernel/assembly/parquet/pages.ts`). */
export const PageKind = { dictionary: 0, indexes: 1, plain: 2 } as const

/**
 * Returns the header before a page. `rawBytes`, `bytes`: the page's size before and after compression; `values`: entries of
 * a dictionary, or rows.
 */
export function pageHeader(kind: number, rawBytes: number, bytes: number, values: number): Buffer {
  const isDictionary = kind === PageKind.dictionary
  const encoding = kind === PageKind.indexes ? Encoding.rleDictionary : Encoding.plain
  const ofPage = struct([
    [1, i32(values)],
    [2, i32(encoding)],
    [3, isDictionary ? null : i32(Encoding.rle)],
    [4, isDictionary ? null : i32(Encoding.rle)],
  ])
  return thriftBytes([
    [1, i32(isDictionary ? PageType.dictionary : PageType.data)],
    [2, i32(rawBytes)],
    [3, i32(bytes)],
    isDictionary ? [7, ofPage] : [5, ofPage],
  ])
}
