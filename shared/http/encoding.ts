/** Chooses the encoding of an answer: compressed only if the caller accepts it. */
import { promisify } from 'node:util'
import { constants, gzip } from 'node:zlib'
import Negotiator from 'negotiator'
import type { ApiRequest, ApiResponse } from './api-message.ts'

const gzipAsync = promisify<Uint8Array, object, Buffer>(gzip)

/** Smaller bodies fit into one packet anyway, so compression saves nothing. */
const MIN_GZIP_BYTES = 1_024

export type Encoding = 'gzip' | 'identity'

/** gzip if `Accept-Encoding` allows it. A missing header means no, for clients that do not support it. */
export function acceptedEncoding(request: Pick<ApiRequest, 'header'>): Encoding {
  // An older name of gzip (RFC 9110, 8.4.1.3).
  const accept = (request.header('accept-encoding') ?? '').replace(/\bx-gzip\b/gi, 'gzip')
  const negotiator = new Negotiator({ headers: { 'accept-encoding': accept } })
  return negotiator.encodings(['gzip']).length > 0 ? 'gzip' : 'identity'
}

/** Compresses a body if the caller accepts it; ranges and compressed bodies stay as they are. */
export async function encodeBody(request: ApiRequest, response: ApiResponse): Promise<ApiResponse> {
  const { status, headers, body } = response
  const isPlain = status === 200 && headers['content-encoding'] === undefined
  if (!isPlain || headers['accept-ranges'] !== undefined) return response
  if (acceptedEncoding(request) !== 'gzip') return response
  const bytes = body.length === 1 ? (body[0] as Uint8Array) : Buffer.concat(body)
  if (bytes.length < MIN_GZIP_BYTES) return response
  const compressed = await gzipAsync(bytes, { level: constants.Z_BEST_SPEED })
  return { status, headers: { ...headers, 'content-encoding': 'gzip' }, body: [compressed] }
}
