import { ArchiveError } from '../../errors.ts'
import { type RowBuffers, rowBuffers } from '../batch/row-buffers.ts'
import { bodyBatches } from '../body/body-batches.ts'
import type { BodyChecks } from '../body/body-checks.ts'
import { bodyWindow } from '../body/body-window.ts'
import { assertMember, type Envelope } from '../body/envelope.ts'
import type { RowReader } from '../body/row-reader.ts'
import { assertUtf8 } from '../bytes/utf8.ts'
import { MAX_ENVELOPE_BYTES, MAX_ROW_BYTES } from '../limits.ts'
import type { RowLayout } from '../row-layout.ts'
import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COMMA,
  INCOMPLETE,
  InvalidJson,
  invalidJson,
  OPEN_BRACE,
  OPEN_BRACKET,
  skipSpace,
} from '../scan/json-bytes.ts'
import { scanColon, scanKey, scanValue } from '../scan/json-scan.ts'
import { type BodyShape, cut, moreThanOne, notARow, unexpected } from './body-shape.ts'
import { skipByteOrderMark } from './byte-order-mark.ts'
import { rowScanner } from './scan-rows.ts'

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
export function jsonReader(
  shape: BodyShape,
  layout: RowLayout,
  buffers: RowBuffers = rowBuffers(),
  checks: BodyChecks = {},
): RowReader {
  const batches = bodyBatches(layout, buffers)
  const scanner = rowScanner(layout, batches, checks)
  const body = bodyWindow(buffers.rest, scan)
  const envelope: Envelope = {}
  let envelopeBytes = 0
  let state: State = 'start'
  let [inEnvelope, inArray] = [false, false]
  let sawRows = false

  /** Runs the state machine over the window; returns how many of its bytes are consumed. */
  function consume(window: Buffer): number {
    const { offset } = body
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
          const next = scanner.row(pos, end)
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
          const next = scanner.rows(pos, end, body.isEnding)
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
          const next = member(window, pos, end)
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
  function member(window: Buffer, pos: number, end: number): number {
    const keyEnd = scanKey(window, pos, end)
    if (keyEnd === INCOMPLETE) return INCOMPLETE
    const valueStart = scanColon(window, keyEnd, end)
    if (valueStart === INCOMPLETE) return INCOMPLETE
    const name = JSON.parse(window.toString('utf8', pos, keyEnd)) as string
    assertMember(name, envelope, body.offset + pos)
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

  function scan(window: Buffer): number {
    batches.begin()
    scanner.begin(window)
    const { offset } = body
    let done: number
    try {
      done = consume(window)
    } catch (error) {
      if (!(error instanceof InvalidJson)) throw error
      assertUtf8(window, offset)
      throw error.at(offset)
    }
    scanner.finish()
    assertUtf8(window.subarray(0, done), offset)
    if (window.length - done > MAX_ROW_BYTES) {
      throw new ArchiveError(
        'ROWS_TOO_LARGE',
        `the value at byte ${offset + done} is larger than ${MAX_ROW_BYTES} bytes`,
      )
    }
    return done
  }

  return {
    push: body.push,
    take: batches.take,
    end() {
      body.end()
      if (state !== 'done') throw cut(body.offset + body.left)
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
