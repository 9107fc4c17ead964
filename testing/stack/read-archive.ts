/** Reads an archive independently: based only on docs/archive-format.md, without our own code. */
import { createHash } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import type { TokenCredential } from '@azure/identity'
import { BlobServiceClient } from '@azure/storage-blob'

export interface StoredFile {
  readonly format: string
  readonly path: string
  readonly rows: number
  readonly bytes: number
  readonly sha256: string
}

export interface StoredManifest {
  readonly dataset: string
  readonly enrollment: string
  readonly billingPeriod: string
  readonly number: number
  readonly settled: boolean
  readonly takenAt: string
  readonly columns: string[]
  readonly rowCount: number
  readonly totals: Record<string, string>
  readonly contentSha256: string
  readonly unknownFields: string[]
  readonly previous: { number: number; sha256: string } | null
  readonly parts: {
    readonly key: string
    readonly rowCount: number
    readonly contentSha256: string
    readonly files: StoredFile[]
  }[]
}

export interface StoredArchive {
  /** Names of all blobs in a container. */
  names(container: string): Promise<string[]>
  bytes(container: string, name: string): Promise<Buffer>
  /** All manifests, by name. */
  manifests(): Promise<Map<string, StoredManifest>>
  /** The newest manifest of each series, by `dataset/period`. */
  newest(): Promise<Map<string, StoredManifest>>
  /** The row lines of a snapshot's JSON files, one row each. */
  rows(manifest: StoredManifest): Promise<string[]>
  csv(manifest: StoredManifest): Promise<string[]>
}

/** The archive in an account. */
export function openArchive(blobUrl: string, credential: TokenCredential): StoredArchive {
  const service = new BlobServiceClient(blobUrl, credential)
  return storedArchive({
    async names(container) {
      const names: string[] = []
      for await (const blob of service.getContainerClient(container).listBlobsFlat()) {
        names.push(blob.name)
      }
      return names
    },
    bytes: (container, name) =>
      service.getContainerClient(container).getBlobClient(name).downloadToBuffer(),
  })
}

/** The archive in these blobs. */
export function storedArchive(blobs: Pick<StoredArchive, 'names' | 'bytes'>): StoredArchive {
  const snapshots = 'billing-snapshots'

  const self: StoredArchive = {
    ...blobs,
    async manifests() {
      const found = new Map<string, StoredManifest>()
      for (const name of await blobs.names(snapshots)) {
        if (!name.includes('/snapshots/')) continue
        const text = (await blobs.bytes(snapshots, name)).toString()
        found.set(name, JSON.parse(text) as StoredManifest)
      }
      return found
    },
    async newest() {
      const newest = new Map<string, StoredManifest>()
      for (const manifest of (await self.manifests()).values()) {
        const key = `${manifest.dataset}/${manifest.billingPeriod}`
        if ((newest.get(key)?.number ?? 0) < manifest.number) newest.set(key, manifest)
      }
      return newest
    },
    async rows(manifest) {
      const rows: string[] = []
      for (const file of filesOf(manifest, 'json')) {
        const text = gunzipSync(await read(file)).toString()
        if (!Array.isArray(JSON.parse(text))) throw new Error('the JSON file is not an array')
        const lines = text
          .split('\n')
          .filter((line) => line !== '' && line !== ']' && line !== '[]')
        rows.push(...lines.map((line) => line.slice(1)))
      }
      return rows
    },
    async csv(manifest) {
      const texts: string[] = []
      for (const file of filesOf(manifest, 'csv')) texts.push((await read(file)).toString())
      return texts
    },
  }

  function filesOf(manifest: StoredManifest, format: string): StoredFile[] {
    return manifest.parts.flatMap((part) => {
      const files = part.files.filter((file) => file.format === format)
      if (files.length === 0) throw new Error(`part ${part.key} has no ${format} file`)
      return files
    })
  }

  async function read(file: StoredFile): Promise<Buffer> {
    const bytes = await blobs.bytes(snapshots, file.path)
    const digest = createHash('sha256').update(bytes).digest('hex')
    if (digest !== file.sha256 || bytes.length !== file.bytes) {
      throw new Error(`${file.path} is not what its manifest says`)
    }
    return bytes
  }

  return self
}

interface StoredState {
  readonly status: string
  readonly series: { readonly dataset: string; readonly billingPeriod: string }
  readonly outcomes: readonly { readonly status: string; readonly number: number | null }[]
  readonly receipts: Readonly<Record<string, unknown>>
}

/** What two equal archives have in common: rows, parts, numbers, and the state of their plans. */
export async function sameness(archive: StoredArchive): Promise<Record<string, unknown>> {
  const newest = await archive.newest()
  const states = await statesOf(archive)
  const series = new Set([...newest.keys(), ...states.keys()])
  return Object.fromEntries(
    [...series].toSorted().map((name) => {
      const manifest = newest.get(name)
      const state = states.get(name)
      const success = state?.outcomes.find(({ status }) => status !== 'failed')
      return [
        name,
        {
          settled: manifest?.settled,
          number: manifest?.number,
          rowCount: manifest?.rowCount,
          totals: manifest?.totals,
          contentSha256: manifest?.contentSha256,
          parts: manifest?.parts.map(({ key, contentSha256 }) => [key, contentSha256]),
          plan: state?.status,
          // The last plan that was sealed or unchanged.
          sealed: success?.number,
          receipts: Object.keys(state?.receipts ?? {}).toSorted(),
        },
      ]
    }),
  )
}

/** The state of each series, by `dataset/period`. */
async function statesOf(archive: StoredArchive): Promise<Map<string, StoredState>> {
  const states = new Map<string, StoredState>()
  for (const name of await archive.names('billing-state')) {
    if (!name.endsWith('/plan.json')) continue
    const text = (await archive.bytes('billing-state', name)).toString()
    const state = JSON.parse(text) as StoredState
    states.set(`${state.series.dataset}/${state.series.billingPeriod}`, state)
  }
  return states
}
