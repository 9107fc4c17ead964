import { ArchiveError, hasCode } from '../../errors.ts'
import type { RowBatch } from '../../rows/row-batch.ts'
import type { RowLayout } from '../../rows/row-layout.ts'
import { type BodyShape, type Envelope, type Transcoder, transcoder } from '../../rows/transcode.ts'

/** One page's rows. */
export interface Page {
  readonly batches: Iterable<RowBatch> | AsyncIterable<RowBatch>
  /** Known when the batches have ended; at once for a page that was received whole. */
  readonly envelope: () => Envelope
  /** Received and found valid before any of its rows is used. */
  readonly isWhole: boolean
  /** Lets go of a page whose rows nobody wants. */
  readonly discard: () => Promise<void>
}

/**
 * Reads a page's body. Up to `pageBytes` it is received whole and checked before any row is given out,
 * so that a page that is fetched again can't be half old and half new; a larger one is streamed, and a
 * fault in its middle rejects with `SOURCE_INTERRUPTED`: the part has to start over.
 */
export async function readPage(
  body: AsyncIterable<Uint8Array>,
  shape: BodyShape,
  layout: RowLayout,
  pageBytes: number,
): Promise<Page> {
  const iterator = body[Symbol.asyncIterator]()
  const chunks: Uint8Array[] = []
  let bytes = 0
  for (;;) {
    const { done, value } = await iterator.next()
    if (done === true) return wholePage(Buffer.concat(chunks), transcoder(shape, layout))
    chunks.push(value)
    bytes += value.length
    if (bytes > pageBytes) break
  }
  return streamedPage(chunks, iterator, transcoder(shape, layout))
}

function wholePage(body: Buffer, reader: Transcoder): Page {
  const first = reader.push(body)
  const { rows, envelope } = reader.end()
  const batches = [first, rows].filter((batch) => batch !== null)
  return { batches, envelope: () => envelope, isWhole: true, discard: async () => {} }
}

function streamedPage(
  received: Uint8Array[],
  rest: AsyncIterator<Uint8Array>,
  reader: Transcoder,
): Page {
  let envelope: Envelope | null = null

  async function* batches(): AsyncGenerator<RowBatch> {
    try {
      for (;;) {
        const chunk = received.shift() ?? (await nextChunk(rest))
        if (chunk === null) break
        const batch = reader.push(chunk)
        if (batch !== null) yield batch
      }
      const end = reader.end()
      envelope = end.envelope
      if (end.rows !== null) yield end.rows
    } catch (cause) {
      if (hasCode(cause, 'DECIMAL_TOO_LONG', 'ROWS_TOO_LARGE')) throw cause
      throw new ArchiveError('SOURCE_INTERRUPTED', 'a long body failed in its middle', { cause })
    } finally {
      await rest.return?.()
    }
  }

  return {
    batches: batches(),
    envelope: () => {
      if (envelope === null) throw new Error('the page has not ended yet')
      return envelope
    },
    isWhole: false,
    discard: async () => {
      await rest.return?.()
    },
  }
}

async function nextChunk(iterator: AsyncIterator<Uint8Array>): Promise<Uint8Array | null> {
  const { done, value } = await iterator.next()
  return done === true ? null : value
}
