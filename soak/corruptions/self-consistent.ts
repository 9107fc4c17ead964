/**
 * Changes an archive like a forger who can write everything: updates the files' digests, later manifests,
 * views and ledgers to match. No digest reveals the change, so only consistency rules can.
 */

import { canonicalJson } from '../../shared/format/canonical-json.ts'
import { sha256 } from '../../shared/rows/blocks/digest.ts'
import { sumTexts } from '../../shared/rows/decimal/decimal.ts'
import type { MemoryBlob, MemoryContainer } from '../../testing/simulation/memory-storage.ts'

/** A stored manifest, to be changed. */
export interface LooseManifest {
  number: number
  planId: string
  settled: boolean
  takenAt: string
  dataset: string
  enrollment: string
  billingPeriod: string
  source: { kind: string; apiVersion: string }
  columns: string[]
  rowsVersion: number
  unknownFields: string[]
  rowCount: number
  totals: Record<string, string>
  contentSha256: string
  parts: LoosePart[]
  previous: { number: number; sha256: string } | null
  writer: { name: string; version: string }
}

export interface LoosePart {
  key: string
  fetchedAt: string
  checkedAt: string
  rowCount: number
  totals: Record<string, string>
  contentSha256: string
  rowsDigest?: string
  envelope: Record<string, string>
  files: LooseFile[]
}

export interface LooseFile {
  format: string
  path: string
  rows: number
  bytes: number
  sha256: string
  rowsVersion: number
  slice?: string
  rowsDigest?: string
}

export interface Stored {
  readonly snapshots: MemoryContainer
  readonly view: MemoryContainer
}

/** Replaces a blob's bytes, with a matching digest in its metadata. */
export function overwrite(blobs: MemoryContainer, name: string, bytes: Buffer): void {
  const old = blobs.get(name) as MemoryBlob
  const metadata = { ...old.metadata, sha256: sha256(bytes) }
  blobs.set(name, { ...old, bytes, metadata, etag: `"forged-${sha256(bytes).slice(0, 16)}"` })
}

export function readManifest(blobs: MemoryContainer, name: string): LooseManifest {
  return JSON.parse((blobs.get(name) as MemoryBlob).bytes.toString()) as LooseManifest
}

/** Changes a part's file, and its size and digest in all manifests; returns the names of these manifests. */
export function overwriteFile(stored: Stored, path: string, bytes: Buffer): string[] {
  const { snapshots } = stored
  overwrite(snapshots, path, bytes)
  const touched: string[] = []
  for (const name of manifestNames(snapshots)) {
    const manifest = readManifest(snapshots, name)
    const files = manifest.parts.flatMap((part) => part.files).filter((file) => file.path === path)
    if (files.length === 0) continue
    for (const file of files) Object.assign(file, { bytes: bytes.length, sha256: sha256(bytes) })
    overwrite(snapshots, name, canonicalJson(manifest))
    touched.push(name)
  }
  return touched
}

export function manifestNames(blobs: MemoryContainer): string[] {
  return [...blobs.keys()].filter((name) => name.includes('/snapshots/')).sort()
}

/** Recomputes a manifest's sums from its parts. */
export function addUp(whole: LooseManifest): void {
  const names = [...new Set(whole.parts.flatMap(({ totals }) => Object.keys(totals)))]
  whole.totals = Object.fromEntries(
    names.map((name) => [name, sumTexts(whole.parts.map(({ totals }) => totals[name] ?? '0'))]),
  )
  whole.rowCount = whole.parts.reduce((sum, { rowCount }) => sum + rowCount, 0)
  const digests = whole.parts.map(({ key, contentSha256 }) => [key, contentSha256])
  whole.contentSha256 = sha256(canonicalJson(digests))
}

/** The name of the CSV of a series in the view. */
const IS_ROWS = /^csv\/[^/]+\/enrollment=/

/** Updates chains, view and ledgers to match the current manifests. */
export function makeFit({ snapshots, view }: Stored): void {
  const digests = new Map<string, string>()
  for (const name of manifestNames(snapshots)) {
    const folder = name.slice(0, name.lastIndexOf('/'))
    const manifest = readManifest(snapshots, name)
    const before = digests.get(folder)
    // A manifest with a forged `previous` stays unchanged.
    if (before !== undefined && manifest.previous?.number === numberOf(name) - 1) {
      manifest.previous.sha256 = before
      overwrite(snapshots, name, canonicalJson(manifest))
    }
    digests.set(folder, sha256((snapshots.get(name) as MemoryBlob).bytes))
  }
  for (const [name, blob] of view) {
    // What is derived is not forged, but missing: the sweep makes it again.
    if (!IS_ROWS.test(name)) {
      view.delete(name)
      continue
    }
    const { number = '0', source = '' } = blob.metadata
    const series = `${source}/${name.replace(/^csv\//, '').replace(/data\.csv$/, '')}`
    const manifest = `${series}snapshots/${number.padStart(6, '0')}.json`
    const found = snapshots.get(manifest)
    if (found === undefined) continue
    const { takenAt, columns, parts } = readManifest(snapshots, manifest)
    const metadata = { ...blob.metadata, manifest: sha256(found.bytes), takenat: takenAt }
    view.set(name, { ...blob, metadata, bytes: viewBytes(snapshots, columns, parts) })
  }
  refitLedgers(snapshots)
}

/** The header row and the rows of all CSV files, part by part. */
function viewBytes(
  snapshots: MemoryContainer,
  columns: readonly string[],
  parts: readonly LoosePart[],
): Buffer {
  const header = Buffer.from(`${columns.join(',')}\r\n`)
  const files = parts.flatMap((part) => part.files.filter(({ format }) => format === 'csv'))
  const rows = files.map(({ path }) => {
    const bytes = snapshots.get(path)?.bytes ?? Buffer.alloc(0)
    return bytes.subarray(bytes.indexOf('\n') + 1)
  })
  return Buffer.concat([header, ...rows])
}

interface LooseLedger {
  entries: { series: string; number: number; sha256: string }[]
  previous: { number: number; sha256: string } | null
}

function refitLedgers(snapshots: MemoryContainer): void {
  let before: string | null = null
  for (const name of [...snapshots.keys()].filter((each) => each.startsWith('ledger/')).sort()) {
    const ledger = JSON.parse((snapshots.get(name) as MemoryBlob).bytes.toString()) as LooseLedger
    for (const entry of ledger.entries) {
      const number = String(entry.number).padStart(6, '0')
      const manifest = snapshots.get(`${entry.series}snapshots/${number}.json`)
      if (manifest !== undefined) entry.sha256 = sha256(manifest.bytes)
    }
    if (before !== null && ledger.previous !== null) ledger.previous.sha256 = before
    overwrite(snapshots, name, canonicalJson(ledger))
    before = sha256((snapshots.get(name) as MemoryBlob).bytes)
  }
}

function numberOf(name: string): number {
  return Number(name.slice(name.lastIndexOf('/') + 1, -'.json'.length))
}
