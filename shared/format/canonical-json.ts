import canonicalize from 'canonicalize'
import { z } from 'zod'
import { ArchiveError } from '../errors.ts'

/** RFC 8785 text of `value` as UTF-8, without a final newline. Numbers must be integers below 2^53. */
export function canonicalJson(value: unknown): Buffer {
  const text = canonicalize(value)
  if (text === undefined) throw new ArchiveError('FORMAT_INVALID', 'this value has no JSON form')
  return Buffer.from(text)
}

/** Parses and validates a document of the archive; throws `FORMAT_INVALID` with `what` and the reason. */
export function parseDocument<T>(schema: z.ZodType<T>, bytes: Uint8Array, what: string): T {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw new ArchiveError('FORMAT_INVALID', `${what} is not JSON`, { cause })
  }
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const why = z.prettifyError(result.error)
  throw new ArchiveError('FORMAT_INVALID', `${what} does not match the format: ${why}`)
}

/** Compares by UTF-8 bytes, the order of parts and names. */
export function byUtf8(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}
