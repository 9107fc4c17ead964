import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'

/** Inflates the chunks of a gzip file, as a stream. */
export type Inflate = (file: AsyncIterable<Buffer>) => AsyncIterable<Buffer>

/** Inflates in the thread pool. */
export const inflate: Inflate = (file) => {
  const source = Readable.from(file)
  const gunzip = createGunzip()
  source.once('error', (error) => gunzip.destroy(error))
  return source.pipe(gunzip)
}
