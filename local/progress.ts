import { SingleBar } from 'cli-progress'
import { type Series, seriesLabel } from '../shared/format/series.ts'
import { grouped } from '../terminal/grouped.ts'
import type { Output } from '../terminal/streams.ts'
import type { HostEvent } from './host-process.ts'

export interface Counts {
  readonly planned: number
  readonly checked: number
  readonly unchanged: number
  readonly written: number
  readonly rows: number
  readonly bytes: number
  readonly requests: number
}

/** The progress of a run, from the hosts' log lines. */
export interface Progress {
  take(event: HostEvent): void
  counts(): Counts
  /** True if this run sealed that snapshot. */
  isNew(series: Series, number: number): boolean
  /** Rows per second since the start. */
  rate(): number
  /** One line: parts done, rows, rows per second, bytes. */
  line(): string
}

export function startProgress(now: () => number): Progress {
  const started = now()
  const sealed = new Set<string>()
  const checkedParts = new Set<string>()
  const counts = {
    planned: 0,
    checked: 0,
    unchanged: 0,
    written: 0,
    rows: 0,
    bytes: 0,
    requests: 0,
  }

  /** Prevents an overlapping delivery from counting a part twice. */
  function checked(event: HostEvent): boolean {
    const key = `${String(event['plan'])}/${String(event['part'])}`
    if (checkedParts.has(key)) return false
    checkedParts.add(key)
    counts.checked++
    return true
  }

  const rate = (): number => Math.round(counts.rows / Math.max(0.001, (now() - started) / 1_000))

  return {
    take(event) {
      switch (event.event) {
        case 'dataset.planned':
          counts.planned += Number(event['parts'])
          break
        case 'source.request':
          counts.requests++
          break
        case 'part.progress':
          counts.rows += Number(event['rows'])
          break
        case 'part.unchanged':
          if (checked(event)) counts.unchanged++
          break
        case 'part.written':
          if (checked(event)) counts.written++
          counts.bytes += Number(event['bytes'])
          break
        case 'snapshot.sealed':
          sealed.add(`${String(event['series'])} ${String(event['number'])}`)
          break
      }
    },
    counts: () => counts,
    isNew: (series, number) => sealed.has(`${seriesLabel(series)} ${number}`),
    rate,
    line() {
      const mib = (counts.bytes / 1024 / 1024).toFixed(1)
      return `${counts.checked} of ${counts.planned} parts, ${grouped(counts.rows)} rows, ${grouped(rate())} rows/s, ${mib} MiB written`
    },
  }
}

/** Refresh intervals: of a progress bar on a terminal, and of lines in a log. */
const BAR_MS = 200
const LINE_MS = 2_000

const BAR =
  '{bar} {value} of {total} parts, {rows} rows, {rate} rows/s, {mib} MiB, {eta_formatted} left'

/** Shows progress until stopped: a bar with the remaining time on a terminal, plain lines in a log. */
export function showProgress(stream: Output, progress: Progress): () => void {
  if (stream.isTTY !== true) return showLines(stream, progress.line)
  const bar = new SingleBar({
    stream,
    format: BAR,
    barsize: 12,
    hideCursor: true,
    barCompleteChar: '\u2588',
    barIncompleteChar: '\u2591',
    // The timer below updates the counts, not the bar itself.
    fps: 1_000 / BAR_MS,
    etaBuffer: 50,
    gracefulExit: false,
  })
  const show = (): void => {
    const { planned, checked, rows, bytes } = progress.counts()
    bar.setTotal(planned)
    bar.update(checked, {
      rows: grouped(rows),
      rate: grouped(progress.rate()),
      mib: (bytes / 1024 / 1024).toFixed(1),
    })
  }
  bar.start(0, 0, { rows: '0', rate: '0', mib: '0.0' })
  const timer = setInterval(show, BAR_MS)
  return () => {
    clearInterval(timer)
    show()
    bar.stop()
  }
}

function showLines(stream: Output, line: () => string): () => void {
  let last = ''
  const show = (): void => {
    const text = line()
    if (text === last) return
    last = text
    stream.write(`${text}\n`)
  }
  const timer = setInterval(show, LINE_MS)
  return () => {
    clearInterval(timer)
    show()
  }
}
