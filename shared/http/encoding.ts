/** Chooses the encoding of an answer: compressed only if the caller accepts it. */
import { promisify } from 'node:util'
import { constants, gzip } from 'node:zlib'
import type { ApiRequest, ApiResponse } from './api-message.ts'

const gzipAsync = promisify<Uint8Array, object, Buffer>(gzip)

/** Smaller bodies fit into one packet anyway, so compression saves nothing. */
const MIN_GZIP_BYTES = 1_024

export type Encoding = 'gzip' | 'identity'

/** True if `Accept-Encoding` allows gzip. A missing header means no, for clients that do not support it. */
export function acceptedEncoding(request: Pick<ApiRequest, 'header'>): Encoding {
  let gzipQuality: number | null = null
  let anyQuality: number | null = null
  for (const item of (request.header('accept-encoding') ?? '').split(',')) {
    const [name = '', ...parameters] = item.split(';')
    const coding = name.trim().toLowerCase()
    if (coding === 'gzip' || coding === 'x-gzip') gzipQuality = qualityOf(parameters)
    else if (coding === '*') anyQuality = qualityOf(parameters)
  }
  return (gzipQuality ?? anyQuality ?? 0) > 0 ? 'gzip' : 'identity'
}

/** The weight of a list item, from its parameters (RFC 9110, 12.4.2); 0 if invalid. */
export function qualityOf(parameters: readonly string[]): number {
  for (const parameter of parameters) {
    const [name = '', value = ''] = parameter.split('=')
    if (name.trim().toLowerCase() !== 'q') continue
    const quality = Number(value.trim())
    return quality >= 0 && quality <= 1 ? quality : 0
  }
  return 1
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
