import type { Log } from '../../log.ts'
import type { HttpAnswer, HttpClient } from '../http/http-client.ts'
import type { SentSecrets } from '../http/sent-secrets.ts'
import { abortable } from '../http/time-limit.ts'
import type { KeyRing } from '../key-ring.ts'

/** GET with the enrollment's key. */
export interface AuthorizedGet extends SentSecrets {
  /** Answers 401 only if every key was rejected. */
  get(
    url: string,
    enrollment: string,
    headers: Record<string, string>,
    signal: AbortSignal,
  ): Promise<HttpAnswer>
}

/** Shorter strings are not keys and may occur anywhere. */
const MIN_KEY_LENGTH = 8

/**
 * Sends the key that worked last. If it is rejected, the vault is read again once, and its keys that have not
 * been rejected yet are tried in order: a new primary, then the secondary.
 */
export function authorizedGet(http: HttpClient, keyRing: KeyRing, log: Log): AuthorizedGet {
  const working = new Map<string, string>()
  const presented = new Set<string>()

  async function authorized(
    url: string,
    enrollment: string,
    headers: Record<string, string>,
    signal: AbortSignal,
  ): Promise<HttpAnswer> {
    const get = (key: string): Promise<HttpAnswer> => {
      if (key.length >= MIN_KEY_LENGTH) for (const form of formsOf(key)) presented.add(form)
      log.debug('source.request', { path: new URL(url).pathname })
      return http.get(url, { ...headers, authorization: `bearer ${key}` }, signal)
    }

    // All concurrent callers share the read of the vault, so it continues when one of them leaves.
    const first =
      working.get(enrollment) ?? (await abortable(keyRing.keys(enrollment), signal))[0] ?? ''
    let answer = await get(first)
    if (answer.status !== 401) return answer

    const refused = new Set([first])
    try {
      for (const key of await abortable(keyRing.reread(enrollment), signal)) {
        if (refused.has(key)) continue
        refused.add(key)
        await answer.dump()
        answer = await get(key)
        if (answer.status !== 401) {
          working.set(enrollment, key)
          return answer
        }
      }
    } catch (error) {
      await answer.dump().catch(() => {}) // the reason for the abort is the error
      throw error
    }
    working.delete(enrollment)
    return answer
  }

  return {
    get: authorized,
    holdsKey: (text) => [...presented].some((form) => text.includes(form)),
    withoutKeys(text) {
      let safe = text
      for (const form of presented) {
        safe = safe.replaceAll(form, '[redacted]')
        const cut = keyCutAtEnd(safe, form)
        if (cut > 0) safe = `${safe.slice(0, safe.length - cut)}[redacted]`
      }
      return safe
    },
  }
}

/** The forms in which a key may be echoed: as it is, in a URL, in JSON. */
function formsOf(key: string): string[] {
  return [key, encodeURIComponent(key), JSON.stringify(key).slice(1, -1)]
}

/** How many characters at the end of `text` may be the start of a key whose rest was not read or not sent. */
function keyCutAtEnd(text: string, key: string): number {
  for (let length = Math.min(key.length - 1, text.length); length >= MIN_KEY_LENGTH; length--) {
    if (text.endsWith(key.slice(0, length))) return length
  }
  return 0
}
