/**
 * The invariants that must hold after every step, listed in docs/archive-format.md. As far as possible, they
 * are checked with code independent of the archive's.
 */
import { createHash } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import type { DatasetName } from '../../shared/datasets/dataset.ts'
import { type Manifest, manifestSchema } from '../../shared/format/manifest.ts'
import type { ViewFormat } from '../../shared/format/view-names.ts'
import { expectedOf } from './catalogues.ts'
import type { MemoryContainer, MemoryStorage } from './memory-storage.ts'
import type { SimulatedSource } from './source.ts'
import { viewInvariants } from './view-invariants.ts'

export interface Invariants {
  /** Checks what has changed since the last call; throws if an invariant is broken. */
  check(): void
  /** Checks what must hold at the end, when all work is done. */
  checkEnd(): void
}

const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  none: ['open'],
  open: ['open', 'sealing', 'closed'],
  sealing: ['sealing', 'closed'],
  closed: ['open'],
}

interface State {
  readonly status: string
  readonly plan?: { readonly id: string; readonly freshAfter: string }
}

export function invariants(
  { stored }: MemoryStorage,
  source: SimulatedSource,
  skewMs: number,
  formats: readonly ViewFormat[],
  now: () => number,
): Invariants {
  const { snapshots, state, view } = stored
  const seen = {
    snapshots: new Map<string, string>(),
    states: new Map<string, string>(),
    views: new Map<string, string>(),
  }
  const states = new Map<string, State>()
  const freshAfter = new Map<string, string>()
  const newest = new Map<string, Manifest>()
  const views = viewInvariants(stored, formats, newest)

  function checkFile(path: string, bytes: number, digest: string): void {
    const blob = snapshots.get(path)
    if (blob === undefined) throw new Error(`a manifest names ${path}, which does not exist`)
    if (blob.bytes.length !== bytes || sha256(blob.bytes) !== digest) {
      throw new Error(`${path} is not what its manifest says`)
    }
  }

  function checkManifest(name: string, bytes: Buffer): void {
    const manifest = manifestSchema.parse(JSON.parse(bytes.toString()))
    const folder = name.slice(0, name.lastIndexOf('/'))
    const before = newest.get(folder)
    const { number, previous, takenAt, parts, planId, billingPeriod } = manifest
    if (number !== (before?.number ?? 0) + 1) throw new Error(`${name}: the numbers have a gap`)
    if (before !== undefined) {
      const previousName = `${folder}/${String(before.number).padStart(6, '0')}.json`
      const digest = sha256(snapshots.get(previousName)?.bytes ?? Buffer.alloc(0))
      if (previous?.sha256 !== digest) throw new Error(`${name}: the chain is broken`)
      if (takenAt <= before.takenAt) throw new Error(`${name}: takenAt does not grow`)
      if (before.settled && !manifest.settled) throw new Error(`${name}: no longer settled`)
    }
    checkVersion(name, manifest)
    // All times are storage's, regardless of the hosts' clocks.
    if (Date.parse(takenAt) > now()) throw new Error(`${name}: taken in the future`)
    const fresh = freshAfter.get(planId) ?? ''
    const checks = parts.map((part) => Date.parse(part.checkedAt))
    if (Math.max(...checks) - Math.min(...checks) > skewMs) throw new Error(`${name}: seal skew`)
    for (const part of parts) {
      if (part.checkedAt > takenAt) throw new Error(`${name}: checked after it was taken`)
      if (part.fetchedAt > part.checkedAt) throw new Error(`${name}: read after it was checked`)
      if (part.checkedAt < fresh) throw new Error(`${name}: part ${part.key} is of an older plan`)
      for (const file of part.files) checkFile(file.path, file.bytes, file.sha256)
      // Rows that were fetched or confirmed must be what the source said at some moment since then.
      const rows = rowsOf(part.files.filter((file) => file.format === 'json').map((f) => f.path))
      const since = Date.parse(part.checkedAt)
      const versions = source.versions(billingPeriod, part.key)
      const live = versions.filter(({ from }, i) => {
        const until = versions[i + 1]?.from ?? Number.POSITIVE_INFINITY
        return until >= since && from <= now()
      })
      if (!live.some(({ pages }) => rowTexts(pages).join('\n') === rows.join('\n'))) {
        throw new Error(
          `${name}: part ${part.key} does not match anything that the source said since ${since}`,
        )
      }
    }
    newest.set(folder, manifest)
  }

  /** Label, columns, files and headers all belong to one version of the catalogue. */
  function checkVersion(name: string, { dataset, rowsVersion, columns, parts }: Manifest): void {
    const expected = expectedOf(dataset as DatasetName, rowsVersion)
    if (expected?.columns.join() !== columns.join()) {
      throw new Error(`${name}: version ${rowsVersion} with other columns: ${columns.join()}`)
    }
    for (const file of parts.flatMap((part) => part.files)) {
      if (file.rowsVersion !== rowsVersion) throw new Error(`${name}: ${file.path} is of another`)
      const bytes = file.format === 'csv' ? snapshots.get(file.path)?.bytes : undefined
      const header = `${columns.join(',')}\r\n`
      if (bytes !== undefined && bytes.toString('utf8', 0, header.length) !== header) {
        throw new Error(`${name}: ${file.path} has the header of another version`)
      }
    }
  }

  function rowsOf(paths: readonly string[]): string[] {
    return paths.flatMap((path) => {
      const text = inflate(snapshots, path)
      return (JSON.parse(text) as unknown[]).map((row) => JSON.stringify(row))
    })
  }

  function checkState(name: string, bytes: Buffer): void {
    const next = JSON.parse(bytes.toString()) as State
    const before = states.get(name)
    const allowed = ALLOWED[before?.status ?? 'none'] ?? []
    if (!allowed.includes(next.status)) {
      throw new Error(`${name}: ${before?.status ?? 'none'} became ${next.status}`)
    }
    const isNew = before === undefined || before.status === 'closed'
    if (!isNew && next.plan !== undefined && next.plan.id !== before.plan?.id) {
      throw new Error(`${name}: a second plan was opened beside ${before.plan?.id}`)
    }
    if (next.plan !== undefined) freshAfter.set(next.plan.id, next.plan.freshAfter)
    states.set(name, next)
  }

  function changed(blobs: MemoryContainer, known: Map<string, string>): string[] {
    const names: string[] = []
    for (const [name, { etag }] of blobs) {
      if (known.get(name) === etag) continue
      known.set(name, etag)
      names.push(name)
    }
    return names
  }

  return {
    check() {
      for (const name of changed(state, seen.states)) {
        if (name.endsWith('/plan.json')) checkState(name, state.get(name)?.bytes as Buffer)
      }
      const known = new Set(seen.snapshots.keys())
      for (const name of changed(snapshots, seen.snapshots)) {
        if (known.has(name)) throw new Error(`${name} was replaced`)
        if (name.includes('/snapshots/')) checkManifest(name, snapshots.get(name)?.bytes as Buffer)
      }
      if (known.size > snapshots.size) throw new Error('a file was removed')
      for (const name of changed(view, seen.views)) views.check(name)
    },
    checkEnd() {
      for (const [name, { status }] of states) {
        if (status !== 'closed') throw new Error(`${name}: a plan stays ${status} for ever`)
      }
      for (const manifest of newest.values()) {
        views.checkEnd(manifest)
        const isGone = [...source.gone].some((part) => part.startsWith(manifest.billingPeriod))
        for (const part of isGone ? [] : manifest.parts) {
          const rows = rowsOf(
            part.files.filter((file) => file.format === 'json').map((f) => f.path),
          )
          const last = source.versions(manifest.billingPeriod, part.key).at(-1)
          if (rows.join('\n') !== rowTexts(last?.pages ?? []).join('\n')) {
            throw new Error(`${manifest.billingPeriod} ${part.key} is not what the source says`)
          }
        }
      }
    },
  }
}

const texts = new Map<string, string>()

function inflate(snapshots: MemoryContainer, path: string): string {
  const bytes = snapshots.get(path)?.bytes ?? Buffer.alloc(0)
  const key = sha256(bytes)
  let text = texts.get(key)
  if (text === undefined) {
    if (texts.size > 5_000) texts.clear()
    text = gunzipSync(bytes).toString()
    texts.set(key, text)
  }
  return text
}

function rowTexts(pages: readonly string[]): string[] {
  return pages.flatMap((page) => (JSON.parse(page) as unknown[]).map((row) => JSON.stringify(row)))
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
