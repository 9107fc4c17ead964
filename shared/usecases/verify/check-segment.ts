/** The three files of a segment: each read once, as a stream, so that memory does not grow with rows. */
import { createHash } from 'node:crypto'
import { describeError, hasCode } from '../../errors.ts'
import { blocker } from '../../rows/blocks.ts'
import { addSum, type DecimalSum, decimalSum } from '../../rows/decimal.ts'
import { BLOCK_ROWS } from '../../rows/limits.ts'
import { addOdd, type OddTally, type OddValues } from '../../rows/odd-values.ts'
import { transcoder } from '../../rows/transcode.ts'
import { indexDate, type PartIndex, parseIndex } from '../../snapshots/part-index.ts'
import type { FileRecord, Segment } from '../../snapshots/part-record.ts'
import type { BlobReader } from '../../storage/ports.ts'
import { readBlock } from '../read-rows.ts'
import { checkFields } from './check-fields.ts'
import { type Fault, fault } from './fault.ts'
import { type FileChecker, inflated } from './file-checker.ts'
import { olderDates } from './older-dates.ts'

/** What the files of a segment really hold. */
export interface SegmentFacts {
  readonly faults: readonly Fault[]
  /** Of its rows; null if the JSON file can't be read. */
  readonly rows: {
    readonly count: number
    readonly sums: readonly DecimalSum[]
    readonly blockDigests: readonly string[]
    readonly odd: readonly OddValues[]
  } | null
  readonly bytes: number
}

export async function checkSegment(checker: FileChecker, segment: Segment): Promise<SegmentFacts> {
  const { json, csv, index } = segment
  const [jsonFault, csvFault, indexFault] = [
    await checkDigest(checker.snapshots, json),
    await checkDigest(checker.snapshots, csv),
    await checkDigest(checker.snapshots, index),
  ]
  const faults: Fault[] = [jsonFault, csvFault, indexFault].flatMap((found) => found ?? [])
  const bytes = json.bytes + csv.bytes + index.bytes
  const safe = safeWords(jsonFault === null, csvFault === null, segment)
  const told: Fault[] = faults.map((found) => ({ ...found, safe }))
  if (jsonFault !== null) return { faults: told, rows: null, bytes }
  try {
    let content = await readRows(checker, json)
    if (indexFault === null) {
      const read = await readIndexOf(checker, segment)
      if ('code' in read) told.push(read)
      else {
        if (isOlderCut(read, content.blocks)) content = await readRows(checker, json, Infinity)
        told.push(...(await checkIndex(checker, segment, read, content.blocks)))
      }
    }
    if (checker.isDeep && csvFault === null) told.push(...(await checkFields(checker, segment)))
    const { count, sums, blocks, odd } = content
    const blockDigests = blocks.map((block) => block.sha256)
    return { faults: told, rows: { count, sums, blockDigests, odd }, bytes }
  } catch (error) {
    if (hasCode(error, 'STORAGE_UNAVAILABLE')) throw error
    const why = `its bytes are as written, but it can't be read: ${describeError(error).message}`
    return { faults: [...told, fault('FILE_INCONSISTENT', json.path, why)], rows: null, bytes }
  }
}

function safeWords(isJsonGood: boolean, isCsvGood: boolean, { json, csv }: Segment): string {
  if (isJsonGood && isCsvGood) return 'its JSON and CSV are sound, so no row is lost'
  if (isJsonGood) return `${json.path} is sound and holds every row: the CSV can be made from it`
  if (isCsvGood) return `${csv.path} is sound and holds every row`
  return 'nothing of these rows here: look for them in other snapshots of the series'
}

/** Size and digest of a file, against what its manifest says. */
async function checkDigest(snapshots: BlobReader, file: FileRecord): Promise<Fault | null> {
  const hash = createHash('sha256')
  let bytes = 0
  try {
    for await (const chunk of snapshots.stream(file.path)) {
      hash.update(chunk)
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
  if (digest === file.sha256) return null
  return fault('FILE_ALTERED', file.path, `its SHA-256 is ${digest} instead of ${file.sha256}`)
}

type Dates = Pick<PartIndex['blocks'][number], 'firstDate' | 'lastDate'>

interface FoundBlock extends Dates {
  readonly rows: number
  readonly sha256: string
}

async function readRows(
  { snapshots, layout, buffers, texts }: FileChecker,
  json: FileRecord,
  blockBytes?: number,
): Promise<{ count: number; sums: DecimalSum[]; blocks: FoundBlock[]; odd: OddValues[] }> {
  const reader = transcoder('list', layout, buffers)
  const cut = blocker(texts, blockBytes)
  const sums = layout.decimalColumns.map(decimalSum)
  const blocks: FoundBlock[] = []
  const odd: OddTally = new Map()
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
  const takeRows = (): void => {
    const batch = reader.take()
    if (batch === null) return
    addOdd(odd, batch.odd, count)
    count += batch.rows
    batch.sums.forEach((sum, i) => {
      addSum(sums[i] as DecimalSum, sum)
    })
    takeBlocks(cut.add(batch))
  }
  try {
    for await (const text of inflated(snapshots, json.path)) {
      reader.push(text)
      takeRows()
    }
    reader.end()
    takeRows()
  } finally {
    takeBlocks(cut.end())
  }
  return { count, sums, blocks, odd: [...odd.values()] }
}

const INDEX_SAFE = 'its JSON and CSV are not touched by this'

async function readIndexOf(
  { snapshots }: FileChecker,
  { index }: Segment,
): Promise<PartIndex | Fault> {
  const { bytes } = await snapshots.read(index.path)
  try {
    return parseIndex(bytes ?? Buffer.alloc(0), index.path)
  } catch (error) {
    return fault('FILE_INCONSISTENT', index.path, describeError(error).message, INDEX_SAFE)
  }
}

/** Older programs cut after a thousand rows, whatever their bytes, and their files stay as they are. */
function isOlderCut({ blocks }: PartIndex, found: readonly FoundBlock[]): boolean {
  return (
    blocks.length < found.length && blocks.slice(0, -1).every(({ rows }) => rows === BLOCK_ROWS)
  )
}

async function checkIndex(
  checker: FileChecker,
  { index, json }: Segment,
  read: PartIndex,
  blocks: readonly FoundBlock[],
): Promise<Fault[]> {
  const { snapshots, isDeep } = checker
  const isSame =
    read.blocks.length === blocks.length &&
    read.blocks.every(({ rows, sha256 }, i) => {
      return blocks[i]?.rows === rows && blocks[i]?.sha256 === sha256
    })
  if (!isSame || !(await areDatesRight(checker, json, read, blocks))) {
    const why = 'its blocks are not those of the JSON file'
    return [fault('FILE_INCONSISTENT', index.path, why, INDEX_SAFE)]
  }
  return isDeep ? checkOffsets(snapshots, json, index, read) : []
}

/** Are the dates those of the rows, as this program understands them or as an older one did? */
async function areDatesRight(
  { snapshots, layout }: FileChecker,
  json: FileRecord,
  read: PartIndex,
  blocks: readonly FoundBlock[],
): Promise<boolean> {
  const isEqual = (a: Dates | undefined, b: Dates | undefined): boolean =>
    a?.firstDate === b?.firstDate && a?.lastDate === b?.lastDate
  for (const [i, block] of read.blocks.entries()) {
    if (isEqual(block, blocks[i])) continue
    try {
      const text = await readBlock(snapshots, json, read, i)
      if (!isEqual(block, olderDates(text, layout))) return false
    } catch (error) {
      if (hasCode(error, 'STORAGE_UNAVAILABLE')) throw error
      return false // it does not begin where the index says
    }
  }
  return true
}

/** Can each block be read alone, from where the index says that it begins? */
async function checkOffsets(
  snapshots: BlobReader,
  json: FileRecord,
  index: FileRecord,
  read: PartIndex,
): Promise<Fault[]> {
  for (const [i, block] of read.blocks.entries()) {
    const why = `block ${i} does not begin at ${block.offset}`
    try {
      const text = await readBlock(snapshots, json, read, i)
      const rows = text.toString('latin1').split('\n,').join('\n')
      const digest = createHash('sha256').update(`${rows}\n`, 'latin1').digest('hex')
      if (digest === block.sha256) continue
    } catch (error) {
      if (hasCode(error, 'STORAGE_UNAVAILABLE')) throw error
    }
    return [fault('FILE_INCONSISTENT', index.path, why)]
  }
  return []
}
