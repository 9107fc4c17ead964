import { createHash } from 'node:crypto'
import type { Dataset } from '../datasets/dataset.ts'
import { sha256 } from '../rows/digest.ts'
import { csvColumnNames } from '../rows/row-layout.ts'
import type { ApiRequest, ApiResponse } from './api-message.ts'
import type { HttpDeps } from './http-deps.ts'

/**
 * A strong entity tag over everything that an answer depends on (RFC 9110, 8.8.3), with its members always in
 * the same order.
 */
export function entityTag(dependsOn: object): string {
  return `"${sha256(JSON.stringify(dependsOn)).slice(0, 32)}"`
}

/**
 * The tag of an answer that is made of rows: over what was asked, and over the program and the columns of its
 * catalogue, so that an upgrade that writes other bytes gives another tag.
 */
export function answerTag(
  { archive }: Pick<HttpDeps, 'archive'>,
  dataset: Dataset,
  dependsOn: object,
): string {
  const catalogue = catalogueTags.get(dataset) ?? catalogueTag(dataset)
  catalogueTags.set(dataset, catalogue)
  return entityTag({ ...dependsOn, program: archive.writer.version, catalogue })
}

/** Made once, for polls with a tag ask for it again and again. */
const catalogueTags = new WeakMap<Dataset, string>()

function catalogueTag(dataset: Dataset): string {
  const { name, rowsVersion, columns, v3Fields, earlierNames, csvReport } = dataset
  const names = csvColumnNames(columns)
  return entityTag({ name, rowsVersion, names, v3Fields, earlierNames, csvReport })
}

/** Does `If-None-Match` name `tag`? Weak comparison, as RFC 9110, 13.1.2 says for it. */
export function matchesTag(ifNoneMatch: string | null, tag: string): boolean {
  if (ifNoneMatch === null) return false
  if (ifNoneMatch.trim() === '*') return true
  const opaque = (text: string): string => text.trim().replace(/^W\//, '')
  return ifNoneMatch.split(',').some((candidate) => opaque(candidate) === opaque(tag))
}

/** Answers that are what the headers tell of; others, such as "not made yet", are no version of it. */
const TAGGED = [200, 206, 307]

/** 304 if the caller has what `headers.etag` stands for; else what `make` makes, with those headers. */
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
 * An answer that has no tag yet, under one over its bytes; 304 if the caller has them. What is of the moment
 * (`no-store`) and what is no document have none.
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
