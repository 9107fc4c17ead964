/**
 * A reader as adlfs is one: it asks for the length once, and from then on for ranges, each in a request of its own, none
 * with a condition.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { BlobClient } from '@azure/storage-blob'
import type { AsyncBuffer } from 'hyparquet'

/** Longest pause between two requests. */
const PAUSE_MS = 40

export async function unpinnedFile(blob: BlobClient, blockBytes: number): Promise<AsyncBuffer> {
  const { contentLength: byteLength = 0 } = await blob.getProperties()
  return {
    byteLength,
    async slice(start, end = byteLength) {
      const blocks: Buffer[] = []
      for (let at = start; at < end; at += blockBytes) {
        await delay(Math.random() * PAUSE_MS)
        blocks.push(await range(blob, at, Math.min(blockBytes, end - at)))
      }
      return new Uint8Array(Buffer.concat(blocks)).buffer
    },
  }
}

async function range(blob: BlobClient, offset: number, bytes: number): Promise<Buffer> {
  const { readableStreamBody } = await blob.download(offset, bytes)
  const chunks: Buffer[] = []
  for await (const chunk of readableStreamBody ?? []) chunks.push(Buffer.from(chunk))
  const found = Buffer.concat(chunks)
  if (found.length === bytes) return found
  throw new Error(`${found.length} bytes instead of ${bytes}`)
}
