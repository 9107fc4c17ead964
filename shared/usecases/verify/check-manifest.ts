/**
 * Checks one manifest: present, readable, canonical, in its place, consistent, and chained to the previous
 * one.
 */
import type { Dataset } from '../../datasets/dataset.ts'
import { describeError } from '../../errors.ts'
import { manifestName } from '../../format/layout.ts'
import { type Manifest, manifestBytes, parseManifest } from '../../format/manifest.ts'
import type { Series } from '../../format/series.ts'
import { sha256 } from '../../rows/blocks/digest.ts'
import type { BlobReader, ListedBlob } from '../../storage/ports.ts'
import type { Snapshot } from '../read/read-snapshots.ts'
import { type Chain, chainFaults } from './chain-rules.ts'
import { type Fault, fault } from './fault.ts'
import { contradictions, type KnownOffer } from './manifest-rules.ts'
import { type Created, type TimePolicy, timeContradictions } from './time-rules.ts'

/** What a manifest is checked against. */
export interface ManifestRules {
  readonly series: Series
  readonly dataset: Dataset
  /** How the series' source offers it; null if this program does not know. */
  readonly offer: KnownOffer | null
  readonly chain: Chain
  readonly created: Created
  readonly policy: TimePolicy
  readonly listed: ReadonlyMap<string, ListedBlob>
}

/** Snapshot `number`, which is added to the chain; null if it is unreadable. */
export async function checkManifest(
  snapshots: BlobReader,
  number: number,
  rules: ManifestRules,
): Promise<{ faults: Fault[]; snapshot: Snapshot | null }> {
  const name = manifestName(rules.series, number)
  const { bytes } = await snapshots.read(name)
  if (bytes === null) {
    const safe = 'earlier and later snapshots are not affected'
    return { faults: [fault('SNAPSHOT_MISSING', name, 'it is missing', safe)], snapshot: null }
  }
  const faults: Fault[] = []
  const digest = sha256(bytes)
  const written = rules.listed.get(name)?.metadata['sha256']
  if (written !== digest) {
    const what = `its SHA-256 is ${digest}, but its metadata says ${written ?? 'nothing'}`
    faults.push(fault('MANIFEST_ALTERED', name, what))
  }
  let manifest: Manifest
  try {
    manifest = parseManifest(bytes, name)
  } catch (error) {
    faults.push(fault('MANIFEST_UNREADABLE', name, describeError(error).message))
    return { faults, snapshot: null }
  }
  const snapshot = { manifest, sha256: digest }
  const wrong = inconsistencies(name, manifest, bytes, number, rules)
  faults.push(...wrong.map((why) => fault('MANIFEST_INCONSISTENT', name, why)))
  faults.push(...chainFaults(name, snapshot, number, rules.chain))
  return { faults, snapshot }
}

function inconsistencies(
  name: string,
  manifest: Manifest,
  bytes: Buffer,
  number: number,
  { series, dataset, offer, created, policy, chain }: ManifestRules,
): string[] {
  if (!manifestBytes(manifest).equals(bytes))
    return ['its bytes are not the canonical JSON of its fields']
  try {
    return [
      ...contradictions(manifest, series, dataset, offer, number),
      ...timeContradictions(name, manifest, chain.before?.manifest ?? null, created, policy),
    ]
  } catch (error) {
    return [describeError(error).message] // e.g. a total that is not a number
  }
}
