/** Which bytes a caller gets for an answer: compressed only if it said that it takes that. */
import { promisify } from 'node:util'
import { constants, gzip } from 'node:zlib'
import type { ApiRequest, ApiResponse } from './api-message.ts'

const gzipAsync = promisify<Uint8Array, object, Buffer>(gzip)

/** Below this a packet is sent anyway, and compressing saves nothing. */
const MIN_GZIP_BYTES = 1_024

export type Encoding = 'gzip' | 'identity'

/** Does `Accept-Encoding` take gzip? No header means no, as for clients that never heard of it. */
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

/** The weight of a list item, from its parameters (RFC 9110, 12.4.2); nonsense is 0. */
export function qualityOf(parameters: readonly string[]): number {
  for (const parameter of parameters) {
    const [name = '', value = ''] = parameter.split('=')
    if (name.trim().toLowerCase() !== 'q') continue
    const quality = Number(value.trim())
    return quality >= 0 && quality <= 1 ? quality : 0
  }
  return 1
}

/** Compresses a body for a caller that takes it; ranges and what is compressed already stay as they are. */
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
