/** Ways to damage a stored archive. Each returns what verify must report, or null if it is not possible. */
import type { Random } from '../../local/simulator/random.ts'
import { canonicalJson } from '../../shared/format/canonical-json.ts'
import { sha256 } from '../../shared/rows/blocks/digest.ts'
import type { MemoryBlob, MemoryContainer } from '../../testing/simulation/memory-storage.ts'

export interface Target {
  readonly snapshots: MemoryContainer
  readonly view: MemoryContainer
  readonly random: Random
}

/** A fault must name one of these blobs. */
export type Damaged = readonly string[]

export interface Damage {
  readonly name: string
  readonly apply: (target: Target) => Damaged | null
}

const isManifest = (name: string): boolean => name.includes('/snapshots/')
const isLedger = (name: string): boolean => name.startsWith('ledger/')
const isPartFile = (name: string): boolean => name.includes('/parts/')

/** Files of parts in some manifest. */
function namedFiles({ snapshots }: Target): string[] {
  const manifests = [...snapshots].filter(([name]) => isManifest(name))
  const text = manifests.map(([, blob]) => blob.bytes.toString()).join()
  return [...snapshots.keys()].filter((name) => isPartFile(name) && text.includes(`"${name}"`))
}

function pick(target: Target, names: readonly string[]): string | null {
  return names.length === 0 ? null : target.random.pick(names)
}

function put(blobs: MemoryContainer, name: string, bytes: Buffer, isHonest = false): void {
  const old = blobs.get(name)
  const metadata = isHonest || old === undefined ? { sha256: sha256(bytes) } : old.metadata
  const createdAt = old?.createdAt ?? new Date(0)
  blobs.set(name, { bytes, metadata, createdAt, etag: `"${blobs.size}-${bytes.length}"` })
}

function flipped({ random }: Target, bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes)
  const at = random.int(copy.length)
  copy[at] = (copy[at] as number) ^ (1 << random.int(8))
  return copy
}

/** Damages one of the blobs in `names`. */
function ofBlob(
  name: string,
  names: (target: Target) => readonly string[],
  change: (target: Target, blob: MemoryBlob) => Buffer | null,
  isHonest = false,
): Damage {
  return {
    name,
    apply(target) {
      const found = pick(target, names(target))
      const blob = found === null ? undefined : target.snapshots.get(found)
      if (found === null || blob === undefined || blob.bytes.length === 0) return null
      const bytes = change(target, blob)
      if (bytes === null) target.snapshots.delete(found)
      else if (bytes.equals(blob.bytes)) return null
      else put(target.snapshots, found, bytes, isHonest)
      return [found]
    },
  }
}

const manifests = (target: Target): string[] => [...target.snapshots.keys()].filter(isManifest)
const ledgers = (target: Target): string[] => [...target.snapshots.keys()].filter(isLedger)
const cut = ({ random }: Target, { bytes }: MemoryBlob): Buffer =>
  bytes.subarray(0, random.int(bytes.length))
const removed = (): null => null

/** A changed manifest, with a matching digest in its metadata. */
function rewritten(
  name: string,
  change: (manifest: Record<string, unknown>, random: Random) => void,
): Damage {
  return ofBlob(
    name,
    manifests,
    ({ random }, { bytes }) => {
      const manifest = JSON.parse(bytes.toString()) as Record<string, unknown>
      change(manifest, random)
      return canonicalJson(manifest)
    },
    true,
  )
}

interface PartLike {
  rowCount: number
  totals: Record<string, string>
  files: { sha256: string; path: string }[]
}

const partsOf = (manifest: Record<string, unknown>): PartLike[] => manifest['parts'] as PartLike[]

export const damages: readonly Damage[] = [
  ofBlob('file-flipped', namedFiles, (target, { bytes }) => flipped(target, bytes)),
  ofBlob('file-cut', namedFiles, cut),
  ofBlob('file-longer', namedFiles, (_target, { bytes }) =>
    Buffer.concat([bytes, Buffer.from('\n')]),
  ),
  ofBlob('file-removed', namedFiles, removed),
  ofBlob('file-replaced-with-its-digest', namedFiles, (t, { bytes }) => flipped(t, bytes), true),
  {
    name: 'files-swapped',
    apply(target) {
      const names = namedFiles(target)
      const [a, b] = [pick(target, names), pick(target, names)]
      const [first, second] = [target.snapshots.get(a ?? ''), target.snapshots.get(b ?? '')]
      if (a === null || b === null || first === undefined || second === undefined) return null
      if (first.bytes.equals(second.bytes)) return null
      put(target.snapshots, a, second.bytes, true)
      put(target.snapshots, b, first.bytes, true)
      return [a, b]
    },
  },
  ofBlob('manifest-flipped', manifests, (target, { bytes }) => flipped(target, bytes)),
  ofBlob('manifest-cut', manifests, cut),
  ofBlob('manifest-removed', manifests, removed),
  rewritten('manifest-says-settled', (manifest) => {
    manifest['settled'] = manifest['settled'] !== true
  }),
  rewritten('manifest-of-another-time', (manifest) => {
    const takenAt = Date.parse(String(manifest['takenAt']))
    manifest['takenAt'] = new Date(takenAt + 1).toISOString()
  }),
  rewritten('manifest-with-another-total', (manifest, random) => {
    const part = random.pick(partsOf(manifest))
    part.totals['cost'] = '1'
    manifest['totals'] = { ...(manifest['totals'] as object), cost: '1' }
  }),
  rewritten('manifest-with-fewer-rows', (manifest, random) => {
    random.pick(partsOf(manifest)).rowCount--
    manifest['rowCount'] = Number(manifest['rowCount']) - 1
  }),
  rewritten('manifest-names-another-file', (manifest, random) => {
    const { files } = random.pick(partsOf(manifest))
    const file = random.pick(files)
    file.sha256 = sha256(file.sha256)
  }),
  rewritten('manifest-with-another-chain', (manifest) => {
    manifest['previous'] = manifest['previous'] === null ? { number: 1, sha256: sha256('') } : null
  }),
  ofBlob('ledger-flipped', ledgers, (target, { bytes }) => flipped(target, bytes)),
  ofBlob('ledger-removed', ledgers, removed),
  ofBlob(
    'ledger-rewritten',
    ledgers,
    (_target, { bytes }) => {
      const ledger = JSON.parse(bytes.toString()) as { entries: unknown[] }
      ledger.entries.pop()
      return canonicalJson(ledger)
    },
    true,
  ),
  {
    name: 'foreign-file',
    apply(target) {
      const known = pick(target, [...target.snapshots.keys()].filter(isPartFile)) ?? ''
      const folder = known.slice(0, known.lastIndexOf('/') + 1)
      const name = target.random.pick([
        `${folder}notes.txt`,
        `${folder}0123456789abcdef.csv.bak`,
        'somewhere/else.json',
        `${folder.replace(/parts\/.*/, 'snapshots/')}latest.json`,
        'ledger/readme.md',
      ])
      put(target.snapshots, name, Buffer.from('not ours'))
      return [name]
    },
  },
  {
    name: 'foreign-file-with-our-name',
    apply(target) {
      const known = pick(target, [...target.snapshots.keys()].filter(isPartFile)) ?? ''
      const name = known.replace(/[^/]+$/, `${target.random.hex(32)}.csv`)
      put(target.snapshots, name, Buffer.from('cost\r\n0\r\n'))
      const blob = target.snapshots.get(name) as MemoryBlob
      target.snapshots.set(name, { ...blob, metadata: {} })
      return [name]
    },
  },
  {
    name: 'view-flipped-or-cut',
    apply(target) {
      const name = pick(target, [...target.view.keys()])
      const blob = target.view.get(name ?? '')
      if (name === null || blob === undefined) return null
      const isCut = target.random.next() < 0.3
      put(target.view, name, isCut ? cut(target, blob) : flipped(target, blob.bytes))
      return [name]
    },
  },
]
