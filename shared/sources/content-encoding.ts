import { pipeline, type Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { ArchiveError } from '../errors.ts'

/**
 * A body as it was before `Content-Encoding` (RFC 9110, 8.4): names in any case, several in the order in which
 * they were applied. One that we do not know is a named failure of whoever reads the body: its bytes are not
 * what they seem, and what the answer's status says may not need them.
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
  // A fault of either stream reaches whoever reads the other end, so nothing is left to do here.
  return pipeline(body, createGunzip(), () => {})
}

function unreadable(body: Readable, contentEncoding: string): AsyncIterable<Buffer> {
  const next = async (): Promise<never> => {
    body.on('error', () => {}) // nobody reads it: that it ends early is our own doing
    body.destroy()
    throw new ArchiveError(
      'SOURCE_BAD_VALUE',
      `the body is encoded as ${JSON.stringify(contentEncoding.slice(0, 50))}: only gzip was asked for`,
    )
  }
  return { [Symbol.asyncIterator]: () => ({ next }) }
}
