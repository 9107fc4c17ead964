/**
 * The target of a request as Kestrel reads it and the Functions host passes it on: decoded once, without dot segments,
 * and encoded again. What the real ones make of each kind is recorded in `conformance/host/recorded.ts`.
 */

export interface RequestTarget {
  /** Decoded; `%2F` and what is not UTF-8 stay as they came. What routes are matched to. */
  readonly path: string
  /** The URL that the worker is given, a text that nobody has parsed. */
  readonly url: string
  /** Parameters that are not empty, decoded; several of a name are joined by a comma. */
  readonly query: Readonly<Record<string, string>>
}

/** Null for what is answered with 400: the target, or the host, is none. */
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

/** Most are a name and a port, which needs no parser. */
function isHost(host: string): boolean {
  if (/^[\w.-]+(:\d{1,5})?$/.test(host)) return true
  return !host.includes(',') && URL.canParse(`http://${host}/`)
}

/** Path and query; `*` has neither. Of an absolute URL, whose host has to be the one that the header names. */
function originForm(target: string, host: string): string | null {
  if (target === '*') return ''
  const absolute = /^https?:\/\/([^/?]+)(.*)$/i.exec(target)
  if (absolute === null) return target.startsWith('/') ? target : null
  const [, authority, rest = ''] = absolute
  if (authority !== host) return null
  return rest.startsWith('/') ? rest : `/${rest}`
}

/** Null for what is no path: not ASCII, or with a zero byte. */
function decodedPath(raw: string): string | null {
  // biome-ignore lint: the range is all of ASCII
  if (/[^\x21-\x7e]/.test(raw) || /%00/.test(raw)) return null
  const decoded = !raw.includes('%')
    ? raw
    : raw.replace(/(?:%[0-9a-f]{2})+/gi, (bytes) => decodedBytes(bytes))
  return withoutDotSegments(decoded)
}

/** A run of encoded bytes: UTF-8 is decoded, character by character, a slash and what is no UTF-8 stays. */
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

/** What may stand in a path stays, and so does what is encoded, also if it was encoded twice before. */
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
