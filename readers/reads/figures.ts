/** Readers without any condition, while the view is refreshed again and again. */
import { setTimeout as delay } from 'node:timers/promises'
import { type BlobClient, BlobServiceClient } from '@azure/storage-blob'
import { atLeast, exactly, type Figure, shown } from '../../bench/measure.ts'
import { viewName } from '../../shared/format/view-names.ts'
import type { ViewStore } from '../../shared/storage/ports.ts'
import { rebuildView, refreshView } from '../../shared/usecases/view/refresh-view.ts'
import { readRanges } from '../../testing/parquet/read-parquet.ts'
import { startStack } from '../../testing/stack/archive-stack.ts'
import { digestOf, isState, stateRead } from './judge.ts'
import { type Month, monthOfStates, SERIES } from './states.ts'
import { unpinnedFile } from './unpinned.ts'

const READS_A_REFRESH = 10
const READERS = 8
const CSV_READERS = 2

/** A rebuild compacts the file, which a refresh of so small a file seldom does. */
const REBUILD_EVERY = 8

/** What readers ask for: from the first chunk of a file only, to columns all over it. */
const WANTED = [
  ['serviceName'],
  ['cost'],
  ['meterCategory', 'cost'],
  ['date', 'subscriptionGuid', 'cost', 'exact'],
  ['serviceName', 'location', 'chargesBilledSeparately', 'instanceId', 'tags', 'cost', 'exact'],
] as const
const COLUMNS = [...new Set<string>(WANTED.flat())]

/** Small enough that one column chunk takes several requests. */
const BLOCK_BYTES = [4_096, 16_384, 65_536]
const FOOTER_BYTES = 8_192
const CSV_BLOCK_BYTES = 262_144

/** When something began and ended. */
interface Span {
  readonly from: number
  readonly to: number
}

interface Read extends Span {
  readonly result: 'whole' | 'mixed' | 'failed'
}

export async function readFigures(
  refreshes: number,
  say: (line: string) => void,
): Promise<Figure[]> {
  const stack = await startStack()
  const month = await monthOfStates(stack, refreshes + 1, COLUMNS, say)
  const host = month.archive.host({ VIEW_FORMATS: 'csv,parquet' })
  const container = new BlobServiceClient(
    month.archive.blobUrl,
    stack.services.credential,
  ).getContainerClient('billing-current')
  const { view } = host.archive
  const name = viewName(SERIES, 'parquet')
  const [reads, csvReads]: [Read[], Read[]] = [[], []]
  let isOver = false

  /** Commits of the Parquet file, and of those the ones that compacted it. */
  const [commits, compactions]: [Span[], Span[]] = [[], []]
  const watched: ViewStore = {
    ...view,
    async commit(...asked) {
      const from = performance.now()
      const isDone = await view.commit(...asked)
      if (asked[0] === name && isDone) commits.push({ from, to: performance.now() })
      return isDone
    },
  }

  async function refresh(
    snapshot: Month['snapshots'][number],
    update: typeof refreshView = refreshView,
  ): Promise<void> {
    const before = (await view.head(name)) === null ? [] : await view.blocks(name)
    await update({ ...host.archive, view: watched }, snapshot)
    const after = await view.blocks(name)
    const last = commits.at(-1)
    if (before.some(({ id }, i) => after[i]?.id !== id) && last !== undefined) {
      compactions.push(last)
    }
  }

  async function keepReading(into: Read[], read: () => Promise<boolean>): Promise<void> {
    while (!isOver) {
      const from = performance.now()
      let result: Read['result']
      try {
        result = (await read()) ? 'whole' : 'mixed'
      } catch (error) {
        result = 'failed'
        const [reason = ''] = String(error).replaceAll(/\d+/g, 'n').split('\n')
        reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
      }
      into.push({ from, to: performance.now(), result })
    }
  }
  const reasons = new Map<string, number>()

  const [first, ...others] = month.snapshots
  if (first === undefined) throw new Error('there is no snapshot')
  await refresh(first)
  const blob = container.getBlobClient(name)
  const csv = container.getBlobClient(viewName(SERIES, 'csv'))
  const readers = Promise.all([
    ...Array.from({ length: READERS }, () => keepReading(reads, () => readParquetOf(blob, month))),
    ...Array.from({ length: CSV_READERS }, () =>
      keepReading(csvReads, () => readCsvOf(csv, month)),
    ),
  ])
  for (const [i, snapshot] of others.entries()) {
    while (reads.length < i * READS_A_REFRESH) await delay(5)
    await refresh(snapshot, (i + 1) % REBUILD_EVERY === 0 ? rebuildView : refreshView)
    if ((i + 1) % 25 === 0) say(`${i + 1} refreshes, ${reads.length} reads`)
  }
  while (reads.length < others.length * READS_A_REFRESH) await delay(5)
  isOver = true
  await readers
  await month.close()
  await stack.close()
  const overlaps = (read: Span, all: readonly Span[]): boolean =>
    all.some(({ from, to }) => from < read.to && to > read.from)
  const of = (result: Read['result'], from: readonly Read[] = reads): Read[] =>
    from.filter((read) => read.result === result)
  const atCompaction = of('failed').filter((read) => overlaps(read, compactions))
  for (const [reason, count] of reasons) say(`failed ${count} times: ${reason}`)
  return [
    atLeast('reads', reads.length, others.length * READS_A_REFRESH, 'reads'),
    exactly('reads-mixed', of('mixed').length, 0, 'reads'),
    exactly('reads-failed', of('failed').length - atCompaction.length, 0, 'reads'),
    shown('reads-failed-at-compaction', atCompaction.length, 'reads'),
    shown(
      'reads-across-refreshes',
      reads.filter((read) => overlaps(read, commits)).length,
      'reads',
    ),
    shown('reads-compactions', compactions.length, `of ${others.length} refreshes`),
    shown('reads-csv-mixed', of('mixed', csvReads).length, `of ${csvReads.length} reads`),
  ]
}

/** True if what was read is a state of the month. */
async function readParquetOf(blob: BlobClient, { states }: Month): Promise<boolean> {
  const wanted = pick(WANTED)
  const file = await unpinnedFile(blob, pick(BLOCK_BYTES))
  const rows = await readRanges(file, FOOTER_BYTES, wanted)
  return isState(stateRead(rows, wanted), states)
}

async function readCsvOf(blob: BlobClient, { csv }: Month): Promise<boolean> {
  const file = await unpinnedFile(blob, CSV_BLOCK_BYTES)
  const text = Buffer.from(await file.slice(0, file.byteLength)).toString()
  return csv.includes(digestOf([text]))
}

function pick<T>(from: readonly T[]): T {
  return from[Math.floor(Math.random() * from.length)] as T
}
