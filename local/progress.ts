import { type Series, seriesLabel } from '../shared/snapshots/series.ts'
import { grouped } from './grouped.ts'
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

/** What a host's log lines tell of the run. */
export interface Progress {
  take(event: HostEvent): void
  counts(): Counts
  /** True if this run sealed that snapshot. */
  isNew(series: Series, number: number): boolean
  /** One line: parts done, rows, rows a second, bytes. */
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

  /** An overlapping delivery does not make a part count twice. */
  function checked(event: HostEvent): boolean {
    const key = `${String(event['plan'])}/${String(event['part'])}`
    if (checkedParts.has(key)) return false
    checkedParts.add(key)
    counts.checked++
    return true
  }

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
    line() {
      const seconds = Math.max(0.001, (now() - started) / 1_000)
      const rate = Math.round(counts.rows / seconds)
      const mib = (counts.bytes / 1024 / 1024).toFixed(1)
      return `${counts.checked} of ${counts.planned} parts, ${grouped(counts.rows)} rows, ${grouped(rate)} rows/s, ${mib} MiB written`
    },
  }
}

/** Shows `line()` until stopped: over itself on a terminal, as plain lines in a log. */
export function showProgress(stream: NodeJS.WriteStream, line: () => string): () => void {
  const isTerminal = stream.isTTY === true
  let last = ''
  const show = (): void => {
    const text = line()
    if (text === last && !isTerminal) return
    last = text
    stream.write(isTerminal ? `\r\x1b[2K${text}` : `${text}\n`)
  }
  const timer = setInterval(show, isTerminal ? 200 : 2_000)
  return () => {
    clearInterval(timer)
    show()
    if (isTerminal) stream.write('\n')
  }
}
