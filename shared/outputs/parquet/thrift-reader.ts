/** Reads structs in Thrift's compact protocol. Throws `FORMAT_INVALID` for bytes that are not one. */
import { ArchiveError } from '../../errors.ts'
import { WireType } from './thrift-writer.ts'

export type ThriftValue = number | boolean | Buffer | readonly ThriftValue[] | ThriftStruct

/** The fields of a struct by id. Throws `FORMAT_INVALID` for a field that is missing or of another type. */
export interface ThriftStruct {
  number(id: number): number
  bytes(id: number): Buffer
  bytesOrNull(id: number): Buffer | null
  struct(id: number): ThriftStruct
  /** Empty if the field is absent. */
  structs(id: number): readonly ThriftStruct[]
}

/** Footers nest six levels deep. */
const MAX_LEVELS = 32

/** Reads the struct at the beginning of `bytes`. */
export function readThrift(bytes: Uint8Array): ThriftStruct {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let pos = 0

  function byte(): number {
    const value = buffer[pos++]
    return value ?? invalid('it ends too early')
  }

  function varint(): number {
    let value = 0
    for (let factor = 1; ; factor *= 128) {
      const next = byte()
      value += (next % 128) * factor
      if (next < 128) break
    }
    return Number.isSafeInteger(value) ? value : invalid('a number of over 53 bits')
  }

  function zigzag(): number {
    const value = varint()
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }

  function binary(): Buffer {
    const length = varint()
    pos += length
    if (pos > buffer.length) invalid('it ends too early')
    return buffer.subarray(pos - length, pos)
  }

  function items(level: number): ThriftValue[] {
    if (level > MAX_LEVELS) invalid('too many levels')
    const head = byte()
    const count = head >> 4 === 15 ? varint() : head >> 4
    if (count > buffer.length - pos) invalid('it ends too early')
    return Array.from({ length: count }, () => value(head & 15, level))
  }

  function value(type: number, level: number): ThriftValue {
    switch (type) {
      case WireType.true:
        return true
      case WireType.false:
        return false
      case WireType.i16:
      case WireType.i32:
      case WireType.i64:
        return zigzag()
      case WireType.binary:
        return binary()
      case WireType.list:
        return items(level + 1)
      case WireType.struct:
        return fields(level + 1)
      default:
        return invalid(`a value of type ${type}`)
    }
  }

  function fields(level: number): ThriftStruct {
    if (level > MAX_LEVELS) invalid('too many levels')
    const found = new Map<number, ThriftValue>()
    for (let id = 0; ; ) {
      const head = byte()
      if (head === 0) return structOf(found)
      id = head >> 4 === 0 ? zigzag() : id + (head >> 4)
      found.set(id, value(head & 15, level))
    }
  }

  return fields(0)
}

function structOf(fields: ReadonlyMap<number, ThriftValue>): ThriftStruct {
  const bytesOrNull = (id: number): Buffer | null => {
    const value = fields.get(id)
    return value === undefined || Buffer.isBuffer(value) ? (value ?? null) : wrong(id)
  }
  return {
    number(id) {
      const value = fields.get(id)
      return typeof value === 'number' ? value : wrong(id)
    },
    bytes: (id) => bytesOrNull(id) ?? wrong(id),
    bytesOrNull,
    struct(id) {
      const value = fields.get(id)
      return value !== undefined && isStruct(value) ? value : wrong(id)
    },
    structs(id) {
      const value = fields.get(id) ?? []
      if (!isList(value)) return wrong(id)
      return value.map((item) => (isStruct(item) ? item : wrong(id)))
    },
  }
}

function isList(value: ThriftValue): value is readonly ThriftValue[] {
  return Array.isArray(value)
}

function isStruct(value: ThriftValue): value is ThriftStruct {
  return typeof value === 'object' && 'structs' in value
}

function wrong(id: number): never {
  return invalid(`field ${id} is missing or of another type`)
}

function invalid(why: string): never {
  throw new ArchiveError('FORMAT_INVALID', `not a Parquet footer of ours: ${why}`)
}
