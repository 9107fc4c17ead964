/** The codes of Parquet that we use (apache/parquet-format, parquet.thrift). */

export const PhysicalType = { boolean: 0, int32: 1, byteArray: 6, fixedLengthByteArray: 7 } as const

export const ConvertedType = { utf8: 0, decimal: 5, date: 6 } as const

/** The fields of the union LogicalType. */
export const LogicalType = { string: 1, decimal: 5, date: 6 } as const

export const Encoding = { plain: 0, rle: 3, rleDictionary: 8 } as const

export const Codec = { snappy: 1 } as const

export const Repetition = { optional: 1 } as const

export const PageType = { data: 0, dictionary: 2 } as const

export const DECIMAL_PRECISION = 38
export const DECIMAL_SCALE = 18
export const DECIMAL_BYTES = 16

/** The first and last bytes of a file. */
export const MAGIC = Buffer.from('PAR1')
