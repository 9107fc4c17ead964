import type { Log } from '../../log.ts'
import type { HttpAnswer, HttpClient } from '../http-client.ts'
import type { KeyRing } from '../key-ring.ts'

/** GET with the enrollment's key. Its answer is 401 only if every key was refused. */
export type AuthorizedGet = (
  url: string,
  enrollment: string,
  headers: Record<string, string>,
  signal: AbortSignal,
) => Promise<HttpAnswer>

/**
 * Presents the key that worked last. When it is refused, the vault is read anew once, and whatever it
 * holds that was not refused yet is tried in order: a new primary, then the secondary.
 */
export function authorizedGet(http: HttpClient, keyRing: KeyRing, log: Log): AuthorizedGet {
  const working = new Map<string, string>()

  return async (url, enrollment, headers, signal) => {
    const get = (key: string): Promise<HttpAnswer> => {
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
}
