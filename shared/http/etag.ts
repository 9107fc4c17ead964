import { createHash } from 'node:crypto'
import { columnsAt } from '../datasets/columns-at.ts'
import type { Dataset } from '../datasets/dataset.ts'
import { sha256 } from '../rows/blocks/digest.ts'
import type { ApiRequest, ApiResponse } from './api-message.ts'
import type { HttpDeps } from './http-deps.ts'

/**
 * A strong entity tag over everything that an answer depends on (RFC 9110, 8.8.3), with members in a fixed
 * order.
 */
export function entityTag(dependsOn: object): string {
  return `"${sha256(JSON.stringify(dependsOn)).slice(0, 32)}"`
}

/**
 * The tag of an answer made of rows. It covers the query, the program version and the catalogue's columns, so
 * an upgrade that writes other bytes changes it.
 */
export function responseTag(
  { archive }: Pick<HttpDeps, 'archive'>,
  dataset: Dataset,
  dependsOn: object,
): string {
  const catalogue = catalogueTags.get(dataset) ?? catalogueTag(dataset)
  catalogueTags.set(dataset, catalogue)
  return entityTag({ ...dependsOn, program: archive.writer.version, catalogue })
}

/** Cached, because polling with a tag needs it again and again. */
const catalogueTags = new WeakMap<Dataset, string>()

function catalogueTag(dataset: Dataset): string {
  const { name, rowsVersion } = dataset
  const { names } = columnsAt(dataset, rowsVersion)
  return entityTag({ name, rowsVersion, names })
}

/** True if `If-None-Match` names `tag`, by weak comparison (RFC 9110, 13.1.2). */
export function matchesTag(ifNoneMatch: string | null, tag: string): boolean {
  if (ifNoneMatch === null) return false
  if (ifNoneMatch.trim() === '*') return true
  const opaque = (text: string): string => text.trim().replace(/^W\//, '')
  return ifNoneMatch.split(',').some((candidate) => opaque(candidate) === opaque(tag))
}

/** Statuses that represent the tagged content; others, such as "not ready yet", do not. */
const TAGGED = [200, 206, 307]

/**
 * 304 if the caller has the version with `headers.etag`; otherwise the result of `make`, with those headers.
 */
export async function conditional(
  request: ApiRequest,
  headers: Readonly<Record<string, string>> & { readonly etag: string },
  make: () => Promise<ApiResponse>,
): Promise<ApiResponse> {
  if (matchesTag(request.header('if-none-match'), headers.etag)) {
    return { status: 304, headers, body: [] }
  }
  const made = await make()
  if (!TAGGED.includes(made.status)) {
    const { etag: _tag, 'cache-control': _kept, ...about } = headers as Record<string, string>
    return { ...made, headers: { ...about, ...made.headers } }
  }
  return { ...made, headers: { ...headers, ...made.headers } }
}

/**
 * Adds a tag over its bytes to an answer without one; 304 if the caller has them. Momentary states
 * (`no-store`) and answers that are not documents have none.
 */
export function withTag(request: ApiRequest, response: ApiResponse): ApiResponse {
  const { status, headers, body } = response
  const isRead = request.method === 'GET' || request.method === 'HEAD'
  const isOfNow = headers['cache-control'] === 'no-store'
  if (!isRead || status !== 200 || isOfNow || headers['etag'] !== undefined) return response
  const hash = createHash('sha256')
  for (const piece of body) hash.update(piece)
  const etag = `"${hash.digest('hex').slice(0, 32)}"`
  if (!matchesTag(request.header('if-none-match'), etag)) {
    return { ...response, headers: { ...headers, etag } }
  }
  const {
    'content-type': _type,
    'content-encoding': _encoding,
    ...about
  } = headers as Record<string, string>
  return { status: 304, headers: { ...about, etag }, body: [] }
}
