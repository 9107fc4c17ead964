import { ArchiveError } from '../../errors.ts'
import { isLoopback } from '../../setting-values.ts'
import type { HttpAnswer, HttpClient } from './http-client.ts'
import { whatItSays } from './said.ts'
import type { SentSecrets } from './sent-secrets.ts'

/**
 * Fetches the target of a 307: a server may store a large answer as a file elsewhere, behind a link that
 * needs no credential (this project's own server does). It is fetched once, without the key; the ETag is that
 * of the first answer. Null if the redirect must not be followed.
 */
export async function redirectedFile(
  http: HttpClient,
  answer: HttpAnswer,
  from: string,
  accept: string,
  { holdsKey, withoutKeys }: SentSecrets,
  signal: AbortSignal,
): Promise<HttpAnswer | null> {
  const location = answer.header('location')
  if (location === null || holdsKey(location) || !isSafe(location, new URL(from))) return null
  await answer.dump()
  const file = await http.get(location, { accept }, signal)
  if (file.status !== 200) {
    const said = await whatItSays(file, withoutKeys)
    throw new ArchiveError(
      'SOURCE_UNAVAILABLE',
      `the target of a redirect answered with status ${file.status}${said}`,
    )
  }
  return {
    ...file,
    header: (name) => (name === 'etag' ? answer.header(name) : file.header(name)),
  }
}

/** A remote source must not redirect us to a server on this machine. */
function isSafe(location: string, from: URL): boolean {
  const url = URL.parse(location) // a relative link leads back to where the key would be required
  if (url === null || !['https:', 'http:'].includes(url.protocol)) return false
  return isLoopback(url) ? isLoopback(from) : url.protocol === 'https:'
}
