import { isLoopback } from '../../config.ts'
import { ArchiveError } from '../../errors.ts'
import type { HttpAnswer, HttpClient } from '../http-client.ts'
import type { AuthorizedGet } from './authorized-get.ts'
import { whatItSays } from './said.ts'

/**
 * The answer that a 307 leads to: a server may keep a large answer as a file elsewhere, behind a link that
 * opens by itself (this project's own server does). It is asked once, without the key, which is nobody's
 * business there; the tag is that of the first answer. Null if the redirect is none that may be followed.
 */
export async function redirectedFile(
  http: HttpClient,
  answer: HttpAnswer,
  from: string,
  { holdsKey, withoutKeys }: Pick<AuthorizedGet, 'holdsKey' | 'withoutKeys'>,
  signal: AbortSignal,
): Promise<HttpAnswer | null> {
  const location = answer.header('location')
  if (location === null || holdsKey(location) || !isSafe(location, new URL(from))) return null
  await answer.dump()
  const file = await http.get(location, { accept: 'application/json' }, signal)
  if (file.status !== 200) {
    const said = await whatItSays(file, withoutKeys)
    throw new ArchiveError(
      'SOURCE_UNAVAILABLE',
      `status ${file.status} of the file behind a redirect${said}`,
    )
  }
  return {
    ...file,
    header: (name) => (name === 'etag' ? answer.header(name) : file.header(name)),
  }
}

/** A source elsewhere must not send us to a server on this machine. */
function isSafe(location: string, from: URL): boolean {
  const url = URL.parse(location) // a relative one leads back to where the key would be wanted
  if (url === null || !['https:', 'http:'].includes(url.protocol)) return false
  return isLoopback(url) ? isLoopback(from) : url.protocol === 'https:'
}
