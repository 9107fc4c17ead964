import { ArchiveError, hasCode } from '../../errors.ts'
import type { RowBatch } from '../../rows/batch/row-batch.ts'
import type { RowBufferPool, RowBuffers } from '../../rows/batch/row-buffers.ts'
import type { Envelope } from '../../rows/body/envelope.ts'
import type { RowReader } from '../../rows/body/row-reader.ts'
import type { BodyShape } from '../../rows/json/body-shape.ts'
import { jsonReader } from '../../rows/json/read-json.ts'
import type { RowLayout } from '../../rows/row-layout.ts'
import { isFinal, reasonOf } from '../http/errors.ts'
import { MAX_SAID_BYTES } from '../http/said.ts'
import type { TimeLimit } from '../http/time-limit.ts'
import { checkEnvelope } from './envelope.ts'

/** One page's rows. The owner must consume its batches or discard it. */
export interface Page {
  /** Can be consumed once; each batch is valid until the next one is requested. */
  readonly batches: () => AsyncIterable<RowBatch>
  /** Complete when the batches have ended; immediately for a page that was received whole. */
  readonly envelope: () => Envelope
  /** The page was received and validated before any of its rows is used. */
  readonly isWhole: boolean
  /** Releases a page whose rows are not, or no longer, needed. May be called at any time. */
  readonly discard: () => Promise<void>
}

/** How to read pages. */
export interface PageReader {
  /** Pages up to this size are received whole before any row is used. */
  readonly pageBytes: number
  readonly pool: RowBufferPool
  /** Sanitizes the source's text for messages. */
  readonly words: (text: string) => string
}

/**
 * Reads a page's body. Up to `pageBytes` it is received whole and validated before any row is returned, so
 * that a retried page can't be half old and half new. A larger body is streamed, and a fault in its middle
 * rejects with `SOURCE_INTERRUPTED`: the part has to start over.
 */
export async function readPage(
  body: AsyncIterable<Uint8Array>,
  { shape, layout }: { readonly shape: BodyShape; readonly layout: RowLayout },
  { pageBytes, pool, words }: PageReader,
  limit: TimeLimit,
): Promise<Page> {
  const iterator = body[Symbol.asyncIterator]()
  let buffers: RowBuffers | null = null
  /** Runs once, however often it is called, so callers need not know who released the page first. */
  const free = (): void => {
    if (buffers !== null) pool.give(buffers)
    buffers = null
  }
  let head: Buffer | null = null
  try {
    buffers = await limit.uncounted(() => pool.take(limit.signal))
    const reader = jsonReader(shape, layout, buffers, {
      envelope: (beside, hasRows) => checkEnvelope(beside, hasRows, words),
      rowWords: words,
    })
    for (let bytes = 0; bytes <= pageBytes; ) {
      const { done, value } = await iterator.next()
      if (done === true) return wholePage(reader, reader.end(), free)
      head ??= Buffer.from(value.subarray(0, MAX_SAID_BYTES))
      reader.push(value)
      bytes += value.length
    }
    return streamedPage(iterator, reader, free)
  } catch (error) {
    free()
    await iterator.return?.()
    throw notJson(error, head, words)
  }
}

/** If a body is not JSON from its first byte, the error says what it is instead. */
function notJson(error: unknown, head: Buffer | null, words: (text: string) => string): unknown {
  if (!(error instanceof ArchiveError) || !error.code.startsWith('ROWS_')) return error
  const text = head?.toString().replace(/^\uFEFF?\s*/, '') ?? ''
  if (text === '' || text.startsWith('{') || text.startsWith('[')) return error
  const what = text.startsWith('<') ? 'HTML or XML, not JSON' : 'not JSON with rows'
  return new ArchiveError(error.code, `the body is ${what}: "${words(text)}"`, { cause: error })
}

function wholePage(reader: RowReader, envelope: Envelope, free: () => void): Page {
  return {
    async *batches() {
      try {
        const batch = reader.take()
        if (batch !== null) yield batch
      } finally {
        free()
      }
    },
    envelope: () => envelope,
    isWhole: true,
    discard: async () => free(),
  }
}

function streamedPage(rest: AsyncIterator<Uint8Array>, reader: RowReader, free: () => void): Page {
  let envelope: Envelope | null = null

  async function* batches(): AsyncGenerator<RowBatch> {
    try {
      for (;;) {
        const batch = reader.take()
        if (batch !== null) yield batch
        const { done, value } = await rest.next()
        if (done === true) break
        reader.push(value)
      }
      envelope = reader.end()
      const last = reader.take()
      if (last !== null) yield last
    } catch (cause) {
      if (isFinal(cause) || hasCode(cause, 'SOURCE_ERROR')) throw cause
      const why = `a long body broke off: ${reasonOf(cause)}`
      throw new ArchiveError('SOURCE_INTERRUPTED', why, { cause })
    } finally {
      free()
      await rest.return?.()
    }
  }

  return {
    batches,
    envelope: () => {
      if (envelope === null) throw new Error('the page has not ended yet')
      return envelope
    },
    isWhole: false,
    discard: async () => {
      free()
      await rest.return?.()
    },
  }
}
