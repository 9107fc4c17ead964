import type { Log } from '../../log.ts'
import type { HttpAnswer, HttpClient } from '../http-client.ts'
import type { KeyRing } from '../key-ring.ts'

/** GET with the enrollment's key. */
export interface AuthorizedGet {
  /** The answer is 401 only if every key was refused. */
  get(
    url: string,
    enrollment: string,
    headers: Record<string, string>,
    signal: AbortSignal,
  ): Promise<HttpAnswer>
  /** True if a key that was presented stands in `text`: a source may echo it, and it must go nowhere. */
  holdsKey(text: string): boolean
}

/** What is shorter is no key, and may stand anywhere. */
const MIN_KEY_LENGTH = 8

/**
 * Presents the key that worked last. When it is refused, the vault is read anew once, and whatever it
 * holds that was not refused yet is tried in order: a new primary, then the secondary.
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

    const first = working.get(enrollment) ?? (await keyRing.keys(enrollment))[0] ?? ''
    let answer = await get(first)
    if (answer.status !== 401) return answer

    const refused = new Set([first])
    for (const key of await keyRing.reread(enrollment)) {
      if (refused.has(key)) continue
      refused.add(key)
      await answer.dump()
      answer = await get(key)
      if (answer.status !== 401) {
        working.set(enrollment, key)
        return answer
      }
    }
    working.delete(enrollment)
    return answer
  }

  return {
    get: authorized,
    holdsKey: (text) => [...presented].some((form) => text.includes(form)),
  }
}

/** How a key may be spelt where it is echoed: as it is, in a URL, in JSON. */
function formsOf(key: string): string[] {
  return [key, encodeURIComponent(key), JSON.stringify(key).slice(1, -1)]
}
