import { changedValues } from './changed-values.ts'
import { usagePages } from './data.ts'
import { atLeast, exactly, type Figure, interleaved, shown, type Timing } from './measure.ts'
import { csvStringify, handJoin, ours, type Peer } from './peers.ts'

const PEERS: readonly Peer[] = [ours, csvStringify, handJoin]

/** Number of rows whose values are all compared. */
const CHECKED_ROWS = 5_000

const COPY_BYTES = 64 * 1024

/** JSON → CSV in memory on one thread: ours and the alternatives on the same pages. */
export function csvFigures(rows: number, rounds: number, say: (line: string) => void): Figure[] {
  const { pages, bytes } = usagePages(rows)
  say(
    `JSON to CSV: ${rows} rows, ${(bytes / 2 ** 20).toFixed(1)} MiB, ${rounds} rounds interleaved`,
  )
  for (const peer of PEERS) say(`  ${peer.name}: ${peer.version}`)

  const ignore = (): void => {}
  const subjects = new Map<string, () => void>(
    PEERS.map((peer) => [peer.name, () => peer.run(pages, ignore)]),
  )
  const target = Buffer.alloc(COPY_BYTES)
  subjects.set('copy', () => copy(pages, target))
  const timings = interleaved(subjects, rounds)
  const of = (name: string): Timing => timings.get(name) as Timing

  const changed = new Map(PEERS.map((peer) => [peer.name, countChanged(peer)]))
  const { cpuMs, wallMs } = of(ours.name)
  return [
    atLeast('csv-cpu-vs-csv-stringify', of(csvStringify.name).cpuMs / cpuMs, 15),
    atLeast('csv-cpu-vs-hand-join', of(handJoin.name).cpuMs / cpuMs, 5),
    atLeast('csv-vs-memcpy', of('copy').wallMs / wallMs, 0.2),
    exactly('changed-values', changed.get(ours.name) ?? -1, 0, 'values'),
    shown('changed-values-csv-stringify', changed.get(csvStringify.name) ?? -1, 'values'),
    shown('changed-values-hand-join', changed.get(handJoin.name) ?? -1, 'values'),
    shown('csv-throughput', bytes / 2 ** 20 / (wallMs / 1_000), 'MiB/s'),
    shown('csv-rows', rows / (wallMs / 1_000), 'rows/s'),
  ]
}

function countChanged(peer: Peer): number {
  const { pages } = usagePages(CHECKED_ROWS)
  const csv: Buffer[] = []
  peer.run(pages, (piece) => csv.push(Buffer.from(piece)))
  return changedValues(pages, Buffer.concat(csv))
}

function copy(pages: readonly Buffer[], target: Buffer): void {
  for (const page of pages) {
    for (let from = 0; from < page.length; from += COPY_BYTES) {
      page.copy(target, 0, from, Math.min(page.length, from + COPY_BYTES))
    }
  }
}
