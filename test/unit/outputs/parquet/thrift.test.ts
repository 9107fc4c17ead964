import { describe, expect, it } from 'vitest'
import { PageKind, pageHeader } from '../../../../shared/outputs/parquet/page-header.ts'
import { readThrift } from '../../../../shared/outputs/parquet/thrift-reader.ts'
import {
  binary,
  bool,
  i16,
  i32,
  i64,
  list,
  struct,
  thriftBytes,
  WireType,
} from '../../../../shared/outputs/parquet/thrift-writer.ts'

const bytes = (...values: number[]): Buffer => Buffer.from(values)

describe('the compact protocol', () => {
  it('writes fields by the difference of their ids, and numbers as zigzag', () => {
    const written = thriftBytes([
      [1, i32(1)],
      [3, i64(-1)],
      [4, null],
      [7, bool(true)],
      [8, bool(false)],
      [9, i16(300)],
      [10, binary('é')],
    ])
    expect(written).toEqual(
      bytes(0x15, 2, 0x26, 1, 0x41, 0x12, 0x14, 0xd8, 0x04, 0x18, 2, 0xc3, 0xa9, 0),
    )
  })

  it('writes short and long lists', () => {
    const short = thriftBytes([[1, list(WireType.i32, [i32(0), i32(1)])]])
    expect(short).toEqual(bytes(0x19, 0x25, 0, 2, 0))
    const long = thriftBytes([
      [
        1,
        list(
          WireType.struct,
          Array.from({ length: 15 }, () => struct([])),
        ),
      ],
    ])
    expect(long).toEqual(Buffer.concat([bytes(0x19, 0xfc, 15), Buffer.alloc(16)]))
  })

  it('supports numbers of up to 53 bits', () => {
    const written = thriftBytes([[1, i64(2 ** 51)]])
    expect(readThrift(written).number(1)).toBe(2 ** 51)
  })

  it('is read back', () => {
    const read = readThrift(
      thriftBytes([
        [1, i32(-70_000)],
        [2, binary(bytes(0, 255))],
        [4, struct([[1, list(WireType.struct, [struct([[1, i32(5)]])])]])],
      ]),
    )
    expect(read.number(1)).toBe(-70_000)
    expect(read.bytes(2)).toEqual(bytes(0, 255))
    expect(read.bytesOrNull(3)).toBeNull()
    expect(
      read
        .struct(4)
        .structs(1)
        .map((item) => item.number(1)),
    ).toEqual([5])
  })

  it.each([
    ['nothing', bytes()],
    ['a cut number', bytes(0x15, 0x80)],
    ['a text beyond the end', bytes(0x18, 9, 0)],
    ['a list beyond the end', bytes(0x19, 0xf5, 0xff, 0xff, 0x03, 0)],
    ['a type that is not used', bytes(0x17, 0, 0)],
    ['structs without end', Buffer.alloc(100, 0x1c)],
  ])('rejects %s', (_what, given) => {
    expect(() => readThrift(given)).toThrow(/not a Parquet footer of ours/)
  })

  it('rejects a field of another type', () => {
    const read = readThrift(thriftBytes([[1, i32(1)]]))
    expect(() => read.bytes(1)).toThrow(/field 1/)
    expect(() => read.struct(1)).toThrow(/field 1/)
    expect(() => read.structs(1)).toThrow(/field 1/)
    expect(() => read.number(2)).toThrow(/field 2/)
  })
})

describe('the header of a page', () => {
  it('describes a dictionary', () => {
    expect(pageHeader(PageKind.dictionary, 100, 60, 3)).toEqual(
      bytes(0x15, 4, 0x15, 0xc8, 1, 0x15, 120, 0x4c, 0x15, 6, 0x15, 0, 0, 0),
    )
  })

  it('describes the encoding of a data page', () => {
    const head = [0x15, 0, 0x15, 0xc8, 1, 0x15, 120, 0x2c, 0x15, 6]
    expect(pageHeader(PageKind.indexes, 100, 60, 3)).toEqual(
      bytes(...head, 0x15, 16, 0x15, 6, 0x15, 6, 0, 0),
    )
    expect(pageHeader(PageKind.plain, 100, 60, 3)).toEqual(
      bytes(...head, 0x15, 0, 0x15, 6, 0x15, 6, 0, 0),
    )
  })
})
