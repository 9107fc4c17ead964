/** Redirects for answers that are too large for a function: links to blobs with exactly that content. */
import { containers } from '../format/layout.ts'
import type { FileRecord } from '../format/part-record.ts'
import type { ApiResponse } from './api-message.ts'
import type { HttpDeps } from './http-deps.ts'

/** Clients follow at once; the transfer may start somewhat later. */
const LINK_MS = 15 * 60_000

/** The response headers of a linked file. */
export interface LinkedFile {
  readonly contentType: string
  readonly contentEncoding?: 'gzip'
  readonly fileName: string
}

type Signer = Pick<HttpDeps, 'sign' | 'now'>

/** 307 to a file of a part. Rejects with `FILE_DAMAGED` if it is known to be damaged. */
export async function toPartFile(
  deps: Signer & Pick<HttpDeps, 'placeOf'>,
  { path }: Pick<FileRecord, 'path'>,
  file: LinkedFile,
): Promise<ApiResponse> {
  return redirectTo(deps, containers.snapshots, await deps.placeOf(path), file)
}

/** 307 to a composed file. */
export function toDownloadFile(deps: Signer, path: string, file: LinkedFile): Promise<ApiResponse> {
  return redirectTo(deps, containers.downloads, path, file)
}

/** A link to a composed file that expires at `expiresAt`. */
export function downloadLink(
  { sign }: Pick<HttpDeps, 'sign'>,
  path: string,
  expiresAt: Date,
  file: LinkedFile,
): Promise<string> {
  return sign(containers.downloads, path, { expiresAt, ...file })
}

async function redirectTo(
  { sign, now }: Signer,
  container: string,
  path: string,
  file: LinkedFile,
): Promise<ApiResponse> {
  const expiresAt = new Date(now().getTime() + LINK_MS)
  const location = await sign(container, path, { expiresAt, ...file })
  // The link needs no key, so it must not be cached.
  return { status: 307, headers: { location, 'cache-control': 'no-store' }, body: [] }
}
