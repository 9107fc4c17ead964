import { pipeline, type Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { ArchiveError } from '../../errors.ts'

/**
 * Decodes `Content-Encoding` (RFC 9110, 8.4): names in any case, several in the order in which they were
 * applied. An unknown encoding fails only when the body is read, because the status may be enough for the
 * caller.
 */
export function decoded(body: Readable, contentEncoding: string | null): AsyncIterable<Buffer> {
  const encodings = (contentEncoding ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '' && name !== 'identity')
  if (encodings.every(isGzip)) return encodings.reduce(gunzip, body)
  return unreadable(body, contentEncoding ?? '')
}

function isGzip(name: string): boolean {
  return name === 'gzip' || name === 'x-gzip'
}

function gunzip(body: Readable): Readable {
  // A fault in either stream reaches the reader at the other end, so there is nothing to do here.
  return pipeline(body, createGunzip(), () => {})
}

function unreadable(body: Readable, contentEncoding: string): AsyncIterable<Buffer> {
  const next = async (): Promise<never> => {
    body.on('error', () => {}) // the reader is gone: we ended the body early ourselves
    body.destroy()
    throw new ArchiveError(
      'SOURCE_BAD_VALUE',
      `the body has the encoding ${JSON.stringify(contentEncoding.slice(0, 50))}, but only gzip was requested`,
    )
  }
  return { [Symbol.asyncIterator]: () => ({ next }) }
}
