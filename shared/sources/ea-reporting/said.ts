/** The source's own words, as they may stand in a log and in the archive's state. */
import { redact } from '../../log.ts'
import type { HttpAnswer } from '../http-client.ts'

/** Characters of what a source says that are kept. */
const MAX_WORDS = 300

/** Bytes of an error's body that are read: enough for a key in it to be recognized as a whole. */
export const MAX_SAID_BYTES = 16 * 1024

/** An error's body is waited for so long; what has come by then is kept. */
const MAX_SAID_MS = 5_000

/** Headers by which Microsoft's support finds a request. */
const REQUEST_IDS = ['x-ms-request-id', 'x-ms-correlation-request-id', 'request-id']

/** `text` on one line, without secrets and control characters, and not too long. */
export function words(text: string, withoutKeys: (text: string) => string): string {
  // Cut last: a secret that is cut would no longer be recognized.
  const safe = redact(withoutKeys(text.toWellFormed()))
  const line = safe.replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ').trim()
  return line.slice(0, MAX_WORDS).toWellFormed()
}

/** What an answer that is no page says, and by which id its request is known there: `: "…", request-id 1`. */
export async function whatItSays(
  answer: HttpAnswer,
  withoutKeys: (text: string) => string,
): Promise<string> {
  const ids = REQUEST_IDS.flatMap((name) => {
    const id = answer.header(name)
    return id === null ? [] : [`${name} ${words(id, withoutKeys).slice(0, 100)}`]
  })
  const text = words(await beginningOf(answer), withoutKeys)
  return [...(text === '' ? [] : [`: "${text}"`]), ...ids.map((id) => `, ${id}`)].join('')
}

async function beginningOf(answer: HttpAnswer): Promise<string> {
  const body = answer.body[Symbol.asyncIterator]()
  const chunks: Uint8Array[] = []
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), MAX_SAID_MS)
  })
  try {
    for (let bytes = 0; bytes < MAX_SAID_BYTES; ) {
      const next = await Promise.race([body.next(), late])
      if (next === null || next.done === true) break
      chunks.push(next.value)
      bytes += next.value.length
    }
  } catch {
    // The status is the failure; its words may be cut, or in an encoding that we do not know.
  } finally {
    clearTimeout(timer)
    // Not waited for: a body that hangs may not end at once either.
    void Promise.resolve(body.return?.()).catch(() => {})
  }
  return Buffer.concat(chunks).subarray(0, MAX_SAID_BYTES).toString()
}
