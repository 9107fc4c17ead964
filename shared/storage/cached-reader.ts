import { LRUCache } from 'lru-cache'
import { singleFlight } from '../single-flight.ts'
import type { BlobReader, StoredBlob } from './ports.ts'

export interface CacheOptions {
  /** Maximum size of the cache, in bytes of blobs. */
  readonly maxBytes: number
  /** How long cached data is valid; absent for blobs that never change. */
  readonly ttlMs?: number
}

/** A document is cached as bytes and also as parsed objects, which take several times as much. */
const DOCUMENT_WEIGHT = 4

/**
 * A reader that caches whole blobs and ranges. Concurrent requests for the same data share one answer.
 * Missing blobs are not cached.
 */
export function cachedReader(reader: BlobReader, options: CacheOptions): BlobReader {
  const { maxBytes, ttlMs } = options
  // Half for each kind.
  const limits = {
    maxSize: Math.ceil(maxBytes / 2),
    ...(ttlMs === undefined ? {} : { ttl: ttlMs }),
  }
  const blobs = new LRUCache<string, StoredBlob>({
    ...limits,
    sizeCalculation: ({ bytes }) => bytes.length * DOCUMENT_WEIGHT + 1,
  })
  const ranges = new LRUCache<string, Buffer>({
    ...limits,
    sizeCalculation: (bytes) => bytes.length + 1,
  })
  const once = singleFlight()

  return {
    ...reader,
    async read(name) {
      const known = blobs.get(name)
      if (known !== undefined) return known
      return once(name, async () => {
        const found = await reader.read(name)
        if (found.bytes !== null) blobs.set(name, found)
        return found
      })
    },
    async readRange(name, offset, length, target) {
      if (target !== undefined) return reader.readRange(name, offset, length, target)
      const key = `${name} ${offset} ${length}`
      const known = ranges.get(key)
      if (known !== undefined) return known
      return once(key, async () => {
        const bytes = await reader.readRange(name, offset, length)
        ranges.set(key, bytes)
        return bytes
      })
    },
  }
}
