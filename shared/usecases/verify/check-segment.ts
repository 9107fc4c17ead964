/** Checks the three files of a segment: each is read once, as a stream, so memory does not grow with rows. */
import { createHash } from 'node:crypto'
import { describeError, hasCode } from '../../errors.ts'
import { indexDate } from '../../format/part-index.ts'
import type { FileRecord, Segment } from '../../format/part-record.ts'
import { addOdd, type OddTally, type OddValues } from '../../rows/batch/odd-values.ts'
import type { RowBatch } from '../../rows/batch/row-batch.ts'
import { blockSplitter } from '../../rows/blocks/blocks.ts'
import { addSum, type DecimalSum, decimalSum } from '../../rows/decimal/decimal.ts'
import { MAX_NAME_LENGTH, MAX_UNKNOWN_FIELDS } from '../../rows/limits.ts'
import { csvPieces } from '../read/csv-pieces.ts'
import { storedBatches } from '../read/stored-rows.ts'
import { checkFields } from './check-fields.ts'
import { checkIndex, type FoundBlock, isOlderCut, readIndex } from './check-index.ts'
import { type Fault, fault } from './fault.ts'
import type { FileChecker } from './file-checker.ts'
import { type SliceRows, sliceReader } from './slice-rows.ts'

/** The actual content of a segment's files. */
export interface SegmentFacts {
  readonly faults: readonly Fault[]
  /** Of its rows; null if the JSON file is unreadable. */
  readonly rows: {
    readonly count: number
    readonly sums: readonly DecimalSum[]
    readonly blockDigests: readonly string[]
    readonly odd: readonly OddValues[]
    readonly unknownFields: ReadonlySet<string>
    /** Null for a part without slices. */
    readonly slice: SliceRows | null
  } | null
  readonly bytes: number
  /** Damaged files that have been repaired. */
  readonly repaired: readonly Repaired[]
}

/** A damaged file, and its replacement with exactly the bytes that the snapshots expect. */
export interface Repaired {
  readonly path: string
  readonly with: string
}

export async function checkSegment(checker: FileChecker, named: Segment): Promise<SegmentFacts> {
  let pieces = csvPieces(checker.layout.header.length)
  const [jsonFound, csvFound, indexFound] = [
    await soundFile(checker, named.json),
    await soundFile(checker, named.csv, () => {
      pieces = csvPieces(checker.layout.header.length)
      return pieces.add
    }),
    await soundFile(checker, named.index),
  ]
  const found = [jsonFound, csvFound, indexFound]
  const segment = { json: jsonFound.file, csv: csvFound.file, index: indexFound.file }
  const [jsonFault, csvFault, indexFault] = [jsonFound.fault, csvFound.fault, indexFound.fault]
  const { json, csv, index } = segment
  const repaired = found.flatMap((each) => each.repaired ?? [])
  const bytes = json.bytes + csv.bytes + index.bytes
  const safe = safeWords(jsonFault === null, csvFault === null, segment)
  const told: Fault[] = found.flatMap(({ fault: one }) => (one === null ? [] : { ...one, safe }))
  if (jsonFault !== null) return { faults: told, rows: null, bytes, repaired }
  try {
    let content = await readRows(checker, json)
    if (indexFault === null) {
      const read = await readIndex(checker, segment)
      if ('code' in read) told.push(read)
      else {
        if (isOlderCut(read, content.blocks)) content = await readRows(checker, json, Infinity)
        const found = csvFault === null && checker.isKnown ? pieces.end() : null
        told.push(...(await checkIndex(checker, segment, read, content.blocks, found)))
      }
    }
    if (checker.isDeep && checker.isKnown && csvFault === null)
      told.push(...(await checkFields(checker, segment)))
    const { count, sums, blocks, odd, unknownFields, slice } = content
    const blockDigests = blocks.map((block) => block.sha256)
    return {
      faults: told,
      rows: { count, sums, blockDigests, odd, unknownFields, slice },
      bytes,
      repaired,
    }
  } catch (error) {
    if (hasCode(error, 'STORAGE_UNAVAILABLE')) throw error
    const why = `its bytes are as written, but it is unreadable: ${describeError(error).message}`
    const faults = [...told, fault('FILE_INCONSISTENT', json.path, why)]
    return { faults, rows: null, bytes, repaired }
  }
}

function safeWords(isJsonGood: boolean, isCsvGood: boolean, { json, csv }: Segment): string {
  if (isJsonGood && isCsvGood) return 'its JSON and CSV are intact, so no row is lost'
  if (isJsonGood)
    return `${json.path} is intact and has every row: "repair" rebuilds the CSV from it`
  if (isCsvGood) return `${csv.path} is intact and has every row`
  return 'none of these rows here: look for them in other snapshots of the series'
}

interface SoundFile {
  /** The file as the snapshots name it, except for its path if it has been repaired. */
  readonly file: FileRecord
  readonly fault: Fault | null
  readonly repaired: Repaired | null
}

/** A file, or its repaired copy; the fault is that of the original. `begin`: receives its bytes. */
async function soundFile(
  checker: FileChecker,
  file: FileRecord,
  begin?: () => (chunk: Buffer) => void,
): Promise<SoundFile> {
  const look = (path: string): Promise<Fault | null> =>
    checkDigest(checker, { ...file, path }, begin?.())
  const own = await look(file.path)
  if (own === null) return { file, fault: null, repaired: null }
  for (const path of checker.repairs.get(file.path) ?? []) {
    if ((await look(path)) !== null) continue
    return { file: { ...file, path }, fault: null, repaired: { path: file.path, with: path } }
  }
  return { file, fault: own, repaired: null }
}

/** Compares the size and digest of a file with its manifest and its own metadata. */
async function checkDigest(
  { snapshots, listed }: FileChecker,
  file: FileRecord,
  onChunk: (chunk: Buffer) => void = () => {},
): Promise<Fault | null> {
  const hash = createHash('sha256')
  let bytes = 0
  try {
    for await (const chunk of snapshots.stream(file.path)) {
      hash.update(chunk)
      onChunk(chunk)
      bytes += chunk.length
    }
  } catch (error) {
    if (!hasCode(error, 'BLOB_NOT_FOUND')) throw error
    return fault('FILE_MISSING', file.path, 'a snapshot names it and it is not there')
  }
  if (bytes !== file.bytes) {
    return fault('FILE_ALTERED', file.path, `it has ${bytes} bytes instead of ${file.bytes}`)
  }
  const digest = hash.digest('hex')
  if (digest !== file.sha256) {
    return fault('FILE_ALTERED', file.path, `its SHA-256 is ${digest} instead of ${file.sha256}`)
  }
  const blob = listed.get(file.path)
  const written = blob?.metadata['sha256'] ?? 'nothing'
  if (blob === undefined || written === digest) return null // created after the listing
  return fault(
    'FILE_ALTERED',
    file.path,
    `its SHA-256 is ${digest}, and its commit said ${written}`,
  )
}

async function readRows(
  { snapshots, layout, buffers, texts, month }: FileChecker,
  json: FileRecord,
  blockBytes?: number,
): Promise<{
  count: number
  sums: DecimalSum[]
  blocks: FoundBlock[]
  odd: OddValues[]
  unknownFields: Set<string>
  slice: SliceRows | null
}> {
  const slice = sliceReader(json, month)
  const cut = blockSplitter(texts, blockBytes)
  const sums = layout.decimalColumns.map(decimalSum)
  const blocks: FoundBlock[] = []
  const odd: OddTally = new Map()
  const unknownFields = new Set<string>()
  let count = 0
  const takeBlocks = (full: ReturnType<typeof cut.add>): void => {
    for (const { rows, sha256, firstDate, lastDate, text } of full) {
      blocks.push({
        rows,
        sha256,
        firstDate: indexDate(firstDate),
        lastDate: indexDate(lastDate),
      })
      texts.give(text)
    }
  }
  const takeRows = (batch: RowBatch): void => {
    addOdd(odd, batch.odd, count)
    count += batch.rows
    batch.sums.forEach((sum, i) => {
      addSum(sums[i] as DecimalSum, sum)
    })
    for (const name of batch.unknownFields) {
      if (unknownFields.size < MAX_UNKNOWN_FIELDS) unknownFields.add(name.slice(0, MAX_NAME_LENGTH))
    }
    slice?.add(batch)
    takeBlocks(cut.add(batch))
  }
  try {
    for await (const batch of storedBatches(snapshots, json.path, layout, buffers)) takeRows(batch)
  } finally {
    takeBlocks(cut.end())
  }
  const of = slice?.found() ?? null
  return { count, sums, blocks, odd: [...odd.values()], unknownFields, slice: of }
}
