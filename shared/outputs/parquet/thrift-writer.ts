/** Writes structs in Thrift's compact protocol, the format of Parquet's headers and footers. */
import { append, type ByteBuffer, byteBuffer, reserve } from '../../rows/bytes/byte-buffer.ts'

/** The protocol's codes for types. */
export const WireType = {
  true: 1,
  false: 2,
  byte: 3,
  i16: 4,
  i32: 5,
  i64: 6,
  double: 7,
  binary: 8,
  list: 9,
  set: 10,
  map: 11,
  struct: 12,
} as const

/** A value, and its type. */
export interface Value {
  readonly type: number
  readonly write: (out: ByteBuffer) => void
}

/** The fields of a struct, in ascending order of their ids; null: the field is left out. */
export type Fields = readonly (readonly [id: number, value: Value | null])[]

/** Returns the bytes of the struct. */
export function thriftBytes(fields: Fields): Buffer {
  const out = byteBuffer(1024)
  struct(fields).write(out)
  return Buffer.from(out.bytes.subarray(0, out.length))
}

export function struct(fields: Fields): Value {
  return {
    type: WireType.struct,
    write(out) {
      let last = 0
      for (const [id, value] of fields) {
        if (value === null) continue
        const step = id - last
        if (step < 1 || step > 15) throw new Error(`field ${id} after ${last}`)
        writeByte(out, (step << 4) | value.type)
        value.write(out)
        last = id
      }
      writeByte(out, 0)
    },
  }
}

export function i16(value: number): Value {
  return { type: WireType.i16, write: (out) => writeZigzag(out, value) }
}

export function i32(value: number): Value {
  return { type: WireType.i32, write: (out) => writeZigzag(out, value) }
}

export function i64(value: number): Value {
  return { type: WireType.i64, write: (out) => writeZigzag(out, value) }
}

/** A boolean field, whose value is encoded in its type. */
export function bool(value: boolean): Value {
  return { type: value ? WireType.true : WireType.false, write() {} }
}

export function binary(value: Uint8Array | string): Value {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value
  return {
    type: WireType.binary,
    write(out) {
      writeVarint(out, bytes.length)
      reserve(out, bytes.length)
      append(out, bytes, 0, bytes.length)
    },
  }
}

/** A list of values of type `type`; not for booleans. */
export function list(type: number, values: readonly Value[]): Value {
  return {
    type: WireType.list,
    write(out) {
      if (values.length < 15) {
        writeByte(out, (values.length << 4) | type)
      } else {
        writeByte(out, 0xf0 | type)
        writeVarint(out, values.length)
      }
      for (const value of values) value.write(out)
    },
  }
}

function writeByte(out: ByteBuffer, byte: number): void {
  reserve(out, 1)
  out.bytes[out.length++] = byte
}

/** Numbers may have up to 53 bits, so they are divided, not shifted. */
function writeVarint(out: ByteBuffer, value: number): void {
  let rest = value
  while (rest >= 128) {
    writeByte(out, (rest % 128) | 128)
    rest = Math.floor(rest / 128)
  }
  writeByte(out, rest)
}

function writeZigzag(out: ByteBuffer, value: number): void {
  writeVarint(out, value < 0 ? -value * 2 - 1 : value * 2)
}
