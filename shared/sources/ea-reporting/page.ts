import { ArchiveError, hasCode } from '../../errors.ts'
import type { BodyShape } from '../../rows/body-shape.ts'
import type { RowBatch } from '../../rows/row-batch.ts'
import type { RowBufferPool, RowBuffers } from '../../rows/row-buffers.ts'
import type { RowLayout } from '../../rows/row-layout.ts'
import { type Envelope, type Transcoder, transcoder } from '../../rows/transcode.ts'

/** One page's rows. */
export interface Page {
  /** To be consumed once; each batch is valid until the next one is asked for. */
  readonly batches: () => AsyncIterable<RowBatch>
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
  pool: RowBufferPool,
  signal: AbortSignal,
): Promise<Page> {
  const iterator = body[Symbol.asyncIterator]()
  let buffers: RowBuffers | null = null
  /** Once, however often it is called: whoever lets go of a page need not know who did so before. */
  const free = (): void => {
    if (buffers !== null) pool.give(buffers)
    buffers = null
  }
  try {
    buffers = await pool.take(signal)
    const reader = transcoder(shape, layout, buffers, { checkRows: true })
    for (let bytes = 0; bytes <= pageBytes; ) {
      const { done, value } = await iterator.next()
      if (done === true) return wholePage(reader, reader.end(), free)
      reader.push(value)
      bytes += value.length
    }
    return streamedPage(iterator, reader, free)
  } catch (error) {
    free()
    await iterator.return?.()
    throw error
  }
}

function wholePage(reader: Transcoder, envelope: Envelope, free: () => void): Page {
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

function streamedPage(rest: AsyncIterator<Uint8Array>, reader: Transcoder, free: () => void): Page {
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
      if (hasCode(cause, 'ROWS_TOO_LARGE', 'ROWS_NOT_A_ROW')) throw cause
      throw new ArchiveError('SOURCE_INTERRUPTED', 'a long body failed in its middle', { cause })
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
