/**
 * Parses a request target like Kestrel, and passes it on like the Functions host: decoded once, without dot
 * segments, and encoded again. `conformance/host/recorded.ts` has records of the real ones.
 */

export interface RequestTarget {
  /** Decoded, except for `%2F` and invalid UTF-8, which are unchanged. Routes are matched against this. */
  readonly path: string
  /** The URL for the worker, as unparsed text. */
  readonly url: string
  /** Non-empty parameters, decoded; repeated ones are joined by a comma. */
  readonly query: Readonly<Record<string, string>>
}

/** Null if the answer is 400, because the target or the host is invalid. */
export function requestTarget(target: string, host: string): RequestTarget | null {
  const origin = originForm(target, host)
  if (origin === null) return null
  const at = origin.indexOf('?')
  const raw = at < 0 ? origin : origin.slice(0, at)
  const search = at < 0 ? '' : origin.slice(at)
  const path = decodedPath(raw)
  if (path === null) return null
  if (!isHost(host)) return null
  const url = `http://${host}${encodedPath(path)}${search}`
  return { path, url, query: search === '' ? {} : queryOf(search) }
}

/** Most hosts are a name and a port, which need no parser. */
function isHost(host: string): boolean {
  if (/^[\w.-]+(:\d{1,5})?$/.test(host)) return true
  return !host.includes(',') && URL.canParse(`http://${host}/`)
}

/** Path and query; `*` has neither. For an absolute URL, the host must equal the header's. */
function originForm(target: string, host: string): string | null {
  if (target === '*') return ''
  const absolute = /^https?:\/\/([^/?]+)(.*)$/i.exec(target)
  if (absolute === null) return target.startsWith('/') ? target : null
  const [, authority, rest = ''] = absolute
  if (authority !== host) return null
  return rest.startsWith('/') ? rest : `/${rest}`
}

/** Null if the path is invalid: not ASCII, or with a zero byte. */
function decodedPath(raw: string): string | null {
  // biome-ignore lint: the range is all of ASCII
  if (/[^\x21-\x7e]/.test(raw) || /%00/.test(raw)) return null
  const decoded = !raw.includes('%')
    ? raw
    : raw.replace(/(?:%[0-9a-f]{2})+/gi, (bytes) => decodedBytes(bytes))
  return withoutDotSegments(decoded)
}

/** Decodes a run of encoded bytes as UTF-8, character by character; slashes and invalid UTF-8 stay encoded. */
function decodedBytes(encoded: string): string {
  const bytes = encoded.match(/%../g) ?? []
  let text = ''
  for (let i = 0; i < bytes.length; ) {
    const length = utf8Length(Number.parseInt(bytes[i]?.slice(1) ?? '', 16))
    const one = bytes.slice(i, i + length).join('')
    const char = one.toLowerCase() === '%2f' ? null : decodedOrNull(one)
    text += char ?? (bytes[i] as string)
    i += char === null ? 1 : length
  }
  return text
}

function utf8Length(first: number): number {
  if (first >= 0xf0) return 4
  if (first >= 0xe0) return 3
  return first >= 0xc0 ? 2 : 1
}

function decodedOrNull(encoded: string): string | null {
  try {
    return decodeURIComponent(encoded)
  } catch {
    return null
  }
}

function withoutDotSegments(path: string): string {
  if (!/\/\.\.?(\/|$)/.test(path)) return path
  const kept: string[] = []
  const segments = path.split('/').slice(1)
  for (const [i, segment] of segments.entries()) {
    if (segment === '..') kept.pop()
    else if (segment !== '.') kept.push(segment)
    // A dot segment at the end leaves the slash before it.
    if ((segment === '.' || segment === '..') && i === segments.length - 1) kept.push('')
  }
  return `/${kept.join('/')}`
}

/** Encodes a path; valid characters and existing encodings stay, even double ones. */
function encodedPath(path: string): string {
  return path.replace(/%[0-9a-f]{2}|[^\w\-.~!$&'()*+,;=:@/]/giu, (found) =>
    found.length === 3 && found.startsWith('%') ? found : encodeURIComponent(found),
  )
}

function queryOf(search: string): Record<string, string> {
  const found: Record<string, string> = {}
  for (const [name, value] of new URLSearchParams(search)) {
    const before = found[name]
    found[name] = before === undefined ? value : `${before},${value}`
  }
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== ''))
}
