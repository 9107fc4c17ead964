/** Pages for people: Swagger UI, served by the app, without requests to other hosts. */
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { ArchiveError } from '../../errors.ts'
import { sha256 } from '../../rows/blocks/digest.ts'
import type { ApiRequest, ApiResponse } from '../api-message.ts'
import { acceptedEncoding } from '../encoding.ts'
import { conditional, entityTag } from '../etag.ts'

/** The path of the assets. */
const ASSETS = '/archive/docs/assets'

/** Everything comes from this host; Swagger UI sets inline styles. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** A page that shows the description at `spec`. */
export function docsPage(title: string, spec: string): ApiResponse {
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="${ASSETS}/favicon-32x32.png">
<link rel="stylesheet" href="${ASSETS}/swagger-ui.css">
</head>
<body>
<div id="docs"></div>
<script src="${ASSETS}/swagger-ui-bundle.js"></script>
<script src="${ASSETS}/start.js" data-spec="${spec}"></script>
</body>
</html>
`
  return {
    status: 200,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': POLICY,
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-cache',
    },
    body: [Buffer.from(html)],
  }
}

const START = `SwaggerUIBundle({
  url: document.currentScript.dataset.spec,
  dom_id: '#docs',
  deepLinking: true,
  validatorUrl: null,
  defaultModelsExpandDepth: 0,
})
`

/** The files of the package that a page needs; no other file is served. */
const FILES: ReadonlyMap<string, string> = new Map([
  ['swagger-ui.css', 'text/css; charset=utf-8'],
  ['swagger-ui-bundle.js', 'text/javascript; charset=utf-8'],
  ['favicon-32x32.png', 'image/png'],
])

interface Asset {
  readonly bytes: Buffer
  readonly contentType: string
  readonly sha256: string
}

const read = new Map<string, Promise<Asset>>()

/** A script or style of the pages; rejects with `NOT_FOUND`. */
export async function docsAsset(request: ApiRequest, name: string): Promise<ApiResponse> {
  const asset = read.get(name) ?? readAsset(name)
  read.set(name, asset)
  asset.catch(() => read.delete(name))
  const { bytes, contentType, sha256: digest } = await asset
  const etag = entityTag({ digest, encoding: acceptedEncoding(request) })
  const headers = { etag, 'cache-control': 'public, max-age=3600' }
  return conditional(request, headers, async () => {
    return { status: 200, headers: { 'content-type': contentType }, body: [bytes] }
  })
}

async function readAsset(name: string): Promise<Asset> {
  if (name === 'start.js') return assetOf(Buffer.from(START), 'text/javascript; charset=utf-8')
  const contentType = FILES.get(name)
  if (contentType === undefined) throw new ArchiveError('NOT_FOUND', 'there is no such file')
  const path = fileURLToPath(import.meta.resolve(`swagger-ui-dist/${name}`))
  return assetOf(await readFile(path), contentType)
}

function assetOf(bytes: Buffer, contentType: string): Asset {
  return { bytes, contentType, sha256: sha256(bytes) }
}
