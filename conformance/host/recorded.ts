/**
 * How the real host handles requests, for comparison with the local host. Recorded on 2026-11-25 by sending
 * these bytes to Kestrel (ASP.NET Core 10.0.9 with default limits), with its router for the archive's routes,
 * and with URL and headers converted like `RpcMessageConversionExtensions.ToRpcHttp` of
 * Azure/azure-functions-host.
 */
import type { RawRequest } from '../hostile/raw-request.ts'

export interface RecordedRequest {
  readonly what: string
  readonly request: RawRequest
  readonly status: number
  /** The function's input, if one is called. */
  readonly seen?: Seen
}

export interface Seen {
  /** As passed to the worker, whose library parses it. */
  readonly url: string
  readonly authorization?: string
  readonly bodyBytes?: number
}

const HOST = 'a.example'
const ROOT = `http://${HOST}`

interface Sent {
  readonly method?: string
  readonly headers?: readonly (readonly [string, string])[]
  readonly hosts?: readonly string[]
  readonly body?: string
}

function request(what: string, target: string, sent: Sent = {}): RawRequest {
  const { method = 'GET', headers = [], hosts = [HOST], body = '' } = sent
  return {
    what,
    method,
    target,
    headers: [...hosts.map((host) => ['Host', host] as const), ...headers],
    body,
  }
}

/** Reaches a function, as `url`. */
function passed(
  what: string,
  target: string,
  url: string,
  sent: Sent = {},
  seen = {},
): RecordedRequest {
  return {
    what,
    request: request(what, target, sent),
    status: 200,
    seen: { url: ROOT + url, ...seen },
  }
}

/** Reaches a function unchanged. */
function asSent(what: string, target: string, sent: Sent = {}, seen = {}): RecordedRequest {
  return passed(what, target, target, sent, seen)
}

/** Reaches no function. */
function refused(what: string, target: string, status: number, sent: Sent = {}): RecordedRequest {
  return { what, request: request(what, target, sent), status }
}

const filler = (bytes: number): string => 'a'.repeat(bytes)
/** A target with which the request line has this length, including its line end. */
const lineOf = (bytes: number): string =>
  `/archive/${filler(bytes - 'GET /archive/ HTTP/1.1\r\n'.length)}`
const manyHeaders = (count: number): [string, string][] =>
  Array.from({ length: count - 2 }, (_, i) => [`x-${i}`, '1'])
const chunked = {
  method: 'POST',
  headers: [['Transfer-Encoding', 'chunked']],
  body: '5\r\nhello\r\n0\r\n\r\n',
} as const
const announced = { method: 'POST', headers: [['Content-Length', '5']], body: 'hello' } as const

export const recordedRequests: readonly RecordedRequest[] = [
  // Paths are decoded once.
  passed('an encoded letter', '/%61rchive/he%61lth', '/archive/health'),
  asSent('an encoded slash', '/archive/a%2Fb'),
  asSent('an encoded slash in lower case', '/archive/a%2fb'),
  passed('a slash that is encoded twice', '/archive/a%252Fb', '/archive/a%2Fb'),
  passed('a letter that is encoded twice', '/archive/%2561', '/archive/%61'),
  asSent('an encoded percent sign', '/archive/a%25'),
  passed('a percent sign before no digits', '/archive/a%zz', '/archive/a%25zz'),
  asSent('the same, encoded', '/archive/a%25zz'),
  passed('a percent sign at the end', '/archive/a%', '/archive/a%25'),
  asSent('a byte that is not UTF-8', '/archive/a%FFb'),
  asSent('UTF-8', '/archive/%C3%A9'),
  refused('UTF-8, raw', '/archive/\xc3\xa9', 400),
  refused('a zero byte', '/archive/a%00b', 400),
  refused('a space', '/archive/a b', 400),
  refused('a backslash for the first slash', '/archive\\health', 404),
  passed('a backslash', '/archive/a\\b', '/archive/a%5Cb'),
  asSent('an encoded backslash', '/archive/a%5Cb'),
  passed('dot segments', '/archive/x/../health', '/archive/health'),
  passed('encoded dot segments', '/archive/x/%2e%2e/health', '/archive/health'),
  passed('a single dot', '/archive/./health', '/archive/health'),
  passed('dots above the root', '/../archive/health', '/archive/health'),
  asSent('characters allowed in a path', "/archive/a;b=c,d'!(e)*~:@&=$+"),
  passed('characters not allowed in a path', '/archive/a"b<c>', '/archive/a%22b%3Cc%3E'),
  passed('a fragment', '/archive/a#frag', '/archive/a%23frag'),
  // Routes.
  asSent('the old API', '/v3/enrollments/100/usagedetails?a=1'),
  asSent('doubled slashes', '/v3/enrollments//100//usagedetails'),
  refused('a doubled slash after the version', '/v3//enrollments/100', 404),
  refused('a doubled slash at the start', '//v3/enrollments/100', 404),
  asSent('a slash at the end', '/archive/health/'),
  asSent('two of them', '/archive/health//'),
  asSent('upper case', '/ARCHIVE/Health'),
  asSent('only a version', '/v3'),
  asSent('a version and a slash', '/v3/'),
  asSent('only the archive', '/archive'),
  refused('a version of three letters', '/v33/x', 404),
  // Queries are passed on unchanged.
  asSent('a query that is badly encoded', '/archive/a?x=%zz&y=%61&z=a+b'),
  asSent('only a question mark', '/archive/a?'),
  refused('a space in a query', '/archive/a?x=a b', 400),
  // Other forms of a target.
  passed('an absolute URL', `${ROOT}/archive/health?x=1`, '/archive/health?x=1'),
  passed('an absolute URL of https', `https://${HOST}/archive/health`, '/archive/health'),
  refused('an absolute URL of another host', 'http://b.example/archive/health', 400),
  refused('an asterisk', '*', 404, { method: 'OPTIONS' }),
  refused('no slash', 'archive/health', 400),
  refused('no host', '/archive', 400, { hosts: [] }),
  refused('an invalid host', '/archive', 400, { hosts: ['a b'] }),
  refused('two hosts', '/archive', 400, { hosts: ['a', 'b'] }),
  // Limits.
  asSent('a request line of 8,190 bytes', lineOf(8_190)),
  refused('a request line of 8,200 bytes', lineOf(8_200), 414),
  asSent('20 KB of headers', '/archive/a', { headers: [['X-Long', filler(20_000)]] }),
  asSent('32 KB of headers', '/archive/a', { headers: [['X-Long', filler(32_000)]] }),
  refused('33 KB of headers', '/archive/a', 431, { headers: [['X-Long', filler(33_000)]] }),
  asSent('a hundred headers', '/archive/a', { headers: manyHeaders(100) }),
  refused('a hundred and one', '/archive/a', 431, { headers: manyHeaders(101) }),
  // Headers.
  asSent(
    'two Authorization headers',
    '/archive/a',
    {
      headers: [
        ['Authorization', 'bearer a'],
        ['Authorization', 'bearer b'],
      ],
    },
    { authorization: 'bearer a,bearer b' },
  ),
  asSent('a header in UTF-8', '/archive/a', { headers: [['X-A', '\xc3\xa9']] }),
  refused('a header that is not UTF-8', '/archive/a', 400, { headers: [['X-A', '\xe9']] }),
  refused('a folded header', '/archive/a', 400, { headers: [['X-A', 'a\r\n b']] }),
  refused('a space before the colon', '/archive/a', 400, { headers: [['X-A ', 'a']] }),
  // Bodies reach a function if their length was announced.
  asSent('a body', '/archive/a', announced, { bodyBytes: 5 }),
  asSent('a body in chunks', '/archive/a', chunked, { bodyBytes: 0 }),
  // The host's own routes. Source: HomepageMiddleware; /admin requires the master key.
  refused('the start page, which is disabled', '/', 204),
  refused('the administration without a key', '/admin/host/status', 401),
  refused('the administration itself', '/admin', 404),
]
