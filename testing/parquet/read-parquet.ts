/** Reads Parquet by another implementation (hyparquet), without its conversion of decimals to doubles. */
import {
  type AsyncBuffer,
  type FileMetaData,
  parquetMetadata,
  parquetMetadataAsync,
  parquetReadObjects,
} from 'hyparquet'
import type { Cell } from '../oracles/parquet-oracle.ts'

/** The rows of a file: texts, decimals × 10^18, days since 1970, booleans. */
export async function readParquet(file: Buffer): Promise<Record<string, Cell>[]> {
  const bytes = arrayBuffer(file)
  return readRows(bytes, parquetMetadata(bytes))
}

/** The same of a file that is read in ranges; only some columns if they are named. */
export async function readRanges(
  file: AsyncBuffer,
  footerBytes: number,
  columns?: readonly string[],
): Promise<Record<string, Cell>[]> {
  const metadata = await parquetMetadataAsync(file, { initialFetchSize: footerBytes })
  return readRows(file, metadata, columns)
}

async function readRows(
  file: AsyncBuffer | ArrayBuffer,
  metadata: FileMetaData,
  columns?: readonly string[],
): Promise<Record<string, Cell>[]> {
  const rows = await parquetReadObjects({
    file,
    metadata: { ...metadata, schema: metadata.schema.map(withoutDecimal) },
    ...(columns === undefined ? {} : { columns: [...columns] }),
    parsers: {
      dateFromDays: (days: number) => days,
      stringFromBytes: (text: Uint8Array) => Buffer.from(text).toString(),
    },
  })
  return rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name, cellOf(value)])),
  )
}

/** What the other implementation makes of the footer. */
export function metadataOf(file: Buffer): FileMetaData {
  return parquetMetadata(arrayBuffer(file))
}

function arrayBuffer(file: Buffer): ArrayBuffer {
  return new Uint8Array(file).buffer
}

type Element = FileMetaData['schema'][number]

/** Its bytes are then handed over as they are. */
function withoutDecimal(element: Element): Element {
  if (element.converted_type !== 'DECIMAL') return element
  const { converted_type: _converted, logical_type: _logical, ...rest } = element
  return rest
}

function cellOf(value: unknown): Cell {
  if (!(value instanceof Uint8Array)) return (value ?? null) as Cell
  return BigInt.asIntN(128, BigInt(`0x${Buffer.from(value).toString('hex')}`))
}
