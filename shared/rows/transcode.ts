import { ArchiveError } from '../errors.ts'
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
import { MAX_ROW_BYTES } from './limits.ts'
import { addRow, type BatchBuilder, batchBuilder, finishBatch, type RowBatch } from './row-batch.ts'
import type { RowLayout } from './row-layout.ts'
import { rowSpans, scanRow } from './scan-row.ts'
import { assertUtf8 } from './utf8.ts'

/**
 * How rows stand in a body: `list`, an array of rows, bare or as `data` of an envelope; `object`, the
 * body is the one row.
 */
export type BodyShape = 'list' | 'object'

/** What stands beside the rows in an envelope, each value as its raw JSON text. */
export type Envelope = Record<string, string>

/** Reads one body. */
export interface Transcoder {
  /** Takes the next bytes; gives the rows that they completed, or null if none. */
  push(chunk: Uint8Array): RowBatch | null
  /** Ends the body: the rows that were still held back, and what stood beside the rows. */
  end(): { rows: RowBatch | null; envelope: Envelope }
}

type State =
  | 'start'
  | 'first-row'
  | 'row'
  | 'after-row'
  | 'first-member'
  | 'member'
  | 'after-member'
  | 'done'

/**
 * A streaming reader of one JSON body, correct at every chunk boundary. Throws `ROWS_INVALID_JSON`,
 * `ROWS_INVALID_UTF8`, `ROWS_CUT`, `ROWS_UNEXPECTED_SHAPE`, `ROWS_TOO_LARGE` (each with the byte offset
 * in the body) and `DECIMAL_TOO_LONG`; after a throw it must not be used again.
 */
export function transcoder(shape: BodyShape, layout: RowLayout): Transcoder {
  const spans = rowSpans(layout)
  const envelope: Envelope = {}
  let state: State = 'start'
  let inEnvelope = false
  let sawRows = false
  let offset = 0 // of window[0] in the body
  let window: Buffer = Buffer.alloc(0) // what is being scanned
  let pending: Uint8Array[] = [] // what has come and is not done with
  let pendingBytes = 0
  let waitFor = 0 // bytes below which scanning again can't be worth it

  /** Runs the state machine over the window; returns how many of its bytes are done with. */
  function consume(out: BatchBuilder): number {
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
          } else if (shape === 'object' && byte === OPEN_BRACE) {
            const next = row(pos, end, out)
            if (next === INCOMPLETE) return pos
            pos = next
            sawRows = true
            state = 'done'
          } else {
            throw unexpected(offset + pos, shape)
          }
          break
        case 'first-row':
        case 'row': {
          if (byte === CLOSE_BRACKET && state === 'first-row') {
            state = 'after-row'
            break
          }
          if (byte !== OPEN_BRACE) throw notARow(offset + pos, byte)
          const next = row(pos, end, out)
          if (next === INCOMPLETE) return pos
          pos = next
          state = 'after-row'
          break
        }
        case 'after-row':
          if (byte === COMMA) state = 'row'
          else if (byte === CLOSE_BRACKET) state = inEnvelope ? 'after-member' : 'done'
          else invalidJson('"," or "]" behind a row', pos)
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
          else invalidJson('"," or "}" behind a member', pos)
          pos++
          break
        case 'done':
          invalidJson('nothing behind the body', pos)
      }
    }
  }

  /** One member of the envelope: `data` opens the rows, anything else is kept as text. */
  function member(pos: number, end: number): number {
    const keyEnd = scanKey(window, pos, end)
    if (keyEnd === INCOMPLETE) return INCOMPLETE
    const valueStart = scanColon(window, keyEnd, end)
    if (valueStart === INCOMPLETE) return INCOMPLETE
    const name = JSON.parse(window.toString('utf8', pos, keyEnd)) as string
    if (name === 'data' && window[valueStart] === OPEN_BRACKET) {
      if (sawRows) invalidJson('rows only once', valueStart)
      sawRows = true
      state = 'first-row'
      return valueStart + 1
    }
    const valueEnd = scanValue(window, valueStart, end)
    // A value counts as complete only when a byte follows: a number may go on in the next chunk.
    if (valueEnd === INCOMPLETE || valueEnd >= end) return INCOMPLETE
    envelope[name] = window.toString('utf8', valueStart, valueEnd)
    state = 'after-member'
    return valueEnd
  }

  function row(pos: number, end: number, out: BatchBuilder): number {
    const next = scanRow(window, pos, end, layout, spans)
    if (next === INCOMPLETE) return INCOMPLETE
    addRow(out, window, pos, next, layout, spans)
    return next
  }

  /** Scans what has come; gives the rows that are complete. */
  function scan(): RowBatch | null {
    window = pending.length === 1 ? asBuffer(pending[0] as Uint8Array) : Buffer.concat(pending)
    const out = batchBuilder(layout, window.length)
    let done: number
    try {
      done = consume(out)
    } catch (error) {
      if (!(error instanceof InvalidJson)) throw error
      assertUtf8(window, offset)
      throw error.at(offset)
    }
    assertUtf8(window.subarray(0, done), offset)
    offset += done
    pendingBytes = window.length - done
    pending = pendingBytes > 0 ? [window.subarray(done)] : []
    // An incomplete value is scanned again from its start: only once it has doubled, so that the work
    // stays proportional to the bytes however small the chunks are.
    waitFor = pendingBytes * 2
    return out.rows > 0 ? finishBatch(out) : null
  }

  return {
    push(chunk) {
      pending.push(chunk)
      pendingBytes += chunk.length
      if (pendingBytes < waitFor) return null
      const rows = scan()
      if (pendingBytes > MAX_ROW_BYTES) {
        throw new ArchiveError(
          'ROWS_TOO_LARGE',
          `the value at byte ${offset} is larger than ${MAX_ROW_BYTES} bytes`,
        )
      }
      return rows
    },
    end() {
      const rows = pendingBytes > 0 ? scan() : null
      if (state !== 'done') throw cut(offset + pendingBytes)
      if (!sawRows) {
        throw new ArchiveError(
          'ROWS_UNEXPECTED_SHAPE',
          'the body is an object without "data": rows were expected there',
        )
      }
      return { rows, envelope }
    },
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** Some servers put a byte order mark before JSON; it is no part of the text (RFC 8259, 8.1). */
function skipByteOrderMark(bytes: Uint8Array): number {
  if (bytes[1] !== 0xbb || bytes[2] !== 0xbf) invalidJson('a value', 0)
  return 3
}

function cut(at: number): ArchiveError {
  return new ArchiveError('ROWS_CUT', `the body ends at byte ${at}, before its JSON does`)
}

function unexpected(at: number, shape: BodyShape): ArchiveError {
  const expected = shape === 'list' ? 'an array of rows or an envelope with "data"' : 'an object'
  return new ArchiveError('ROWS_UNEXPECTED_SHAPE', `${expected} was expected at byte ${at}`)
}

function notARow(at: number, byte: number | undefined): ArchiveError {
  if (byte === CLOSE_BRACKET) {
    return new ArchiveError('ROWS_INVALID_JSON', `invalid JSON at byte ${at}: a row behind ","`)
  }
  return new ArchiveError('ROWS_UNEXPECTED_SHAPE', `a row (an object) was expected at byte ${at}`)
}
