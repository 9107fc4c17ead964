import { ArchiveError } from '../errors.ts'
import type { BodyChecks } from './body-checks.ts'
import { type BodyShape, cut, moreThanOne, notARow, unexpected } from './body-shape.ts'
import { asBuffer, reserve } from './byte-buffer.ts'
import { skipByteOrderMark } from './byte-order-mark.ts'
import { noteDrift } from './drift.ts'
import { assertMember, type Envelope } from './envelope.ts'
import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COMMA,
  INCOMPLETE,
  InvalidJson,
  invalidJson,
  OPEN_BRACE,
  OPEN_BRACKET,
  scanColon,
  scanKey,
  scanValue,
  skipSpace,
} from './json-scan.ts'
import { MAX_ENVELOPE_BYTES, MAX_ROW_BYTES } from './limits.ts'
import { addRow, batchBuilder, finishBatch, type RowBatch } from './row-batch.ts'
import { type RowBuffers, rowBuffers } from './row-buffers.ts'
import { assertRow } from './row-identity.ts'
import { rowKernel } from './row-kernel.ts'
import type { RowLayout } from './row-layout.ts'
import { rowSpans, scanRow } from './scan-row.ts'
import { assertUtf8 } from './utf8.ts'

/** Reads one body. */
export interface Transcoder {
  /** Processes the next bytes of the body; the caller may reuse them. */
  push(chunk: Uint8Array): void
  /** The rows completed since the last call, or null. Valid until the next call of any method. */
  take(): RowBatch | null
  /** Ends the body and returns the fields beside the rows. The last rows still have to be taken. */
  end(): Envelope
}

type State =
  | 'start'
  | 'only-row'
  | 'after-only-row'
  | 'first-row'
  | 'row'
  | 'after-row'
  | 'first-member'
  | 'member'
  | 'after-member'
  | 'done'

/**
 * A streaming reader of one JSON body, correct at every chunk boundary, which writes into `buffers`. Throws
 * `ROWS_INVALID_JSON`, `ROWS_INVALID_UTF8`, `ROWS_CUT`, `ROWS_UNEXPECTED_SHAPE`, `ROWS_TOO_LARGE` (each with
 * the byte offset in the body), `ROWS_NOT_A_ROW`, and whatever `checks` throw; after that it must not be used
 * again.
 */
export function transcoder(
  shape: BodyShape,
  layout: RowLayout,
  buffers: RowBuffers = rowBuffers(),
  checks: BodyChecks = {},
): Transcoder {
  const { rest } = buffers
  rest.length = 0
  const spans = rowSpans(layout)
  const kernel = rowKernel(layout)
  const envelope: Envelope = {}
  let out = batchBuilder(layout, buffers)
  let isTaken = false
  let rowsBefore = 0 // those of the batches taken so far
  let isSampled = false
  let envelopeBytes = 0
  let isEnding = false
  let state: State = 'start'
  let [inEnvelope, inArray] = [false, false]
  let sawRows = false
  let offset = 0 // offset of window[0] in the body
  let window: Buffer = rest.bytes // what is being scanned
  let waitFor = 0 // the window is not scanned again before it has this many bytes

  /** Runs the state machine over the window; returns how many of its bytes are consumed. */
  function consume(): number {
    const end = window.length
    let pos = 0
    for (;;) {
      const start = skipSpace(window, pos, end)
      if (start >= end) return start
      pos = start
      const byte = window[pos]
      switch (state) {
        case 'start':
          if (offset === 0 && pos === 0 && byte === 0xef) {
            if (end < 3) return 0
            pos = skipByteOrderMark(window)
            continue
          }
          if (shape === 'list' && byte === OPEN_BRACKET) {
            sawRows = true
            state = 'first-row'
            pos++
          } else if (shape === 'list' && byte === OPEN_BRACE) {
            inEnvelope = true
            state = 'first-member'
            pos++
          } else if (shape === 'object' && (byte === OPEN_BRACE || byte === OPEN_BRACKET)) {
            inArray = byte === OPEN_BRACKET
            sawRows = true
            state = 'only-row'
            if (inArray) pos++
          } else {
            throw unexpected(offset + pos, shape)
          }
          break
        case 'only-row': {
          if (byte !== OPEN_BRACE) throw unexpected(offset + pos, shape)
          if (!isSampled) sample(pos, end)
          const next = oneRow(pos, end)
          if (next === INCOMPLETE) return pos
          pos = next
          state = inArray ? 'after-only-row' : 'done'
          break
        }
        case 'after-only-row':
          if (byte === COMMA) throw moreThanOne(offset + pos)
          if (byte !== CLOSE_BRACKET) invalidJson('"]" after the only row', pos)
          state = 'done'
          pos++
          break
        case 'first-row':
        case 'row': {
          if (byte === CLOSE_BRACKET && state === 'first-row') {
            state = 'after-row'
            break
          }
          if (byte !== OPEN_BRACE) throw notARow(offset + pos, byte)
          const next = rowsFrom(pos, end)
          if (next === INCOMPLETE) return pos
          pos = next
          state = 'after-row'
          break
        }
        case 'after-row':
          if (byte === COMMA) state = 'row'
          else if (byte === CLOSE_BRACKET) state = inEnvelope ? 'after-member' : 'done'
          else invalidJson('"," or "]" after a row', pos)
          pos++
          break
        case 'first-member':
        case 'member': {
          if (byte === CLOSE_BRACE && state === 'first-member') {
            state = 'after-member'
            break
          }
          const next = member(pos, end)
          if (next === INCOMPLETE) return pos
          pos = next
          break
        }
        case 'after-member':
          if (byte === COMMA) state = 'member'
          else if (byte === CLOSE_BRACE) state = 'done'
          else invalidJson('"," or "}" after a member', pos)
          pos++
          break
        case 'done':
          invalidJson('the end of the body', pos)
      }
    }
  }

  /** One member of the envelope: `data` starts the rows, other values are kept as text. */
  function member(pos: number, end: number): number {
    const keyEnd = scanKey(window, pos, end)
    if (keyEnd === INCOMPLETE) return INCOMPLETE
    const valueStart = scanColon(window, keyEnd, end)
    if (valueStart === INCOMPLETE) return INCOMPLETE
    const name = JSON.parse(window.toString('utf8', pos, keyEnd)) as string
    assertMember(name, envelope, offset + pos)
    if (name === 'data' && sawRows) invalidJson('"data" only once', valueStart)
    if (name === 'data' && window[valueStart] === OPEN_BRACKET) {
      sawRows = true
      state = 'first-row'
      return valueStart + 1
    }
    const valueEnd = scanValue(window, valueStart, end)
    // A value is complete only when a byte follows: a number may continue in the next chunk.
    if (valueEnd === INCOMPLETE || valueEnd >= end) return INCOMPLETE
    envelopeBytes += valueEnd - pos
    if (envelopeBytes > MAX_ENVELOPE_BYTES) {
      throw new ArchiveError(
        'ROWS_TOO_LARGE',
        `more than ${MAX_ENVELOPE_BYTES} bytes besides the rows`,
      )
    }
    envelope[name] = window.toString('utf8', valueStart, valueEnd)
    state = 'after-member'
    return valueEnd
  }

  /** Adds the row at `pos`, and possibly more after it; returns the position after the last one. */
  function rowsFrom(pos: number, end: number): number {
    if (!isSampled) sample(pos, end)
    const taken = kernel?.take(pos, end, out) ?? pos
    if (taken > pos) return taken
    // No further attempt before more bytes have arrived.
    if (kernel?.isCut() === true && !isEnding) return INCOMPLETE
    const next = oneRow(pos, end)
    if (next !== INCOMPLETE) kernel?.learn(window, spans)
    return next
  }

  /** Checks the body's first row for drift, separately from reading it. */
  function sample(pos: number, end: number): void {
    const first = rowSpans(layout)
    if (scanRow(window, pos, end, layout, first) === INCOMPLETE) return
    noteDrift(window, first, layout, out.drift)
    isSampled = true
  }

  function oneRow(pos: number, end: number): number {
    const next = scanRow(window, pos, end, layout, spans)
    if (next === INCOMPLETE) return next
    const { rowWords: words } = checks
    if (words !== undefined) {
      assertRow(window, pos, next, spans, layout, { row: rowsBefore + out.rows + 1, words })
    }
    addRow(out, window, pos, next, layout, spans)
    return next
  }

  /** Scans `bytes`; an incomplete value at the end becomes the rest. */
  function scan(bytes: Buffer): void {
    if (isTaken) {
      rowsBefore += out.rows
      out = batchBuilder(layout, buffers)
    }
    isTaken = false
    window = bytes
    kernel?.begin(window)
    let done: number
    try {
      done = consume()
    } catch (error) {
      if (!(error instanceof InvalidJson)) throw error
      assertUtf8(window, offset)
      throw error.at(offset)
    }
    kernel?.addSums(out)
    assertUtf8(window.subarray(0, done), offset)
    offset += done
    const left = window.length - done
    rest.length = 0
    reserve(rest, left)
    rest.bytes.set(window.subarray(done), 0)
    rest.length = left
    // An incomplete value is scanned again from its start, but only once it has doubled, so that the work
    // stays proportional to the bytes, however small the chunks.
    waitFor = left * 2
    if (left > MAX_ROW_BYTES) {
      throw new ArchiveError(
        'ROWS_TOO_LARGE',
        `the value at byte ${offset} is larger than ${MAX_ROW_BYTES} bytes`,
      )
    }
  }

  return {
    push(chunk) {
      if (rest.length === 0) {
        scan(asBuffer(chunk))
        return
      }
      reserve(rest, chunk.length)
      rest.bytes.set(chunk, rest.length)
      rest.length += chunk.length
      if (rest.length >= waitFor) scan(rest.bytes.subarray(0, rest.length))
    },
    take() {
      if (isTaken || out.rows === 0) return null
      isTaken = true
      return finishBatch(out)
    },
    end() {
      isEnding = true
      if (rest.length > 0) scan(rest.bytes.subarray(0, rest.length))
      if (state !== 'done') throw cut(offset + rest.length)
      checks.envelope?.(envelope, sawRows)
      if (!sawRows) {
        throw new ArchiveError(
          'ROWS_UNEXPECTED_SHAPE',
          'the body is an object without "data", which should hold the rows',
        )
      }
      return envelope
    },
  }
}
