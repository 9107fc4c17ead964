/** Quotes the source's error texts in a form that is safe for logs and state. */
import { redact } from '../../log.ts'
import type { HttpAnswer } from './http-client.ts'

/** How many characters of the source's text are kept. */
const MAX_WORDS = 300

/** How many bytes of an error's body are read: enough to recognize a complete key in it. */
export const MAX_SAID_BYTES = 16 * 1024

/** How long to wait for an error's body; what has arrived by then is kept. */
const MAX_SAID_MS = 5_000

/** Headers with which Microsoft's support can find a request. */
const REQUEST_IDS = ['x-ms-request-id', 'x-ms-correlation-request-id', 'request-id']

/** `text` on one line, truncated, without secrets and control characters. */
export function words(text: string, withoutKeys: (text: string) => string): string {
  // Truncate last: a truncated secret could no longer be recognized.
  const safe = redact(withoutKeys(text.toWellFormed()))
  const line = safe.replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ').trim()
  return line.slice(0, MAX_WORDS).toWellFormed()
}

/** The text of an error answer, and its request id: `: "…", request-id 1`. */
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
    // The status is the failure; the text may be truncated or in an unknown encoding.
  } finally {
    clearTimeout(timer)
    // Not awaited: a body that hangs may not end at once either.
    void Promise.resolve(body.return?.()).catch(() => {})
  }
  return Buffer.concat(chunks).subarray(0, MAX_SAID_BYTES).toString()
}
