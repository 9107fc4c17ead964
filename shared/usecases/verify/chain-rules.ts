/** Contradictions between a manifest and those before it. */
import { manifestName } from '../../format/layout.ts'
import { type Manifest, seriesOfManifest } from '../../format/manifest.ts'
import type { PartRecord } from '../../format/part-record.ts'
import type { Snapshot } from '../read/read-snapshots.ts'
import { type Fault, fault } from './fault.ts'
import { pathsOf, rebuiltSegments } from './rebuilt.ts'

/** What is known of the snapshots already checked in a series. */
export interface Chain {
  /** The previous snapshot; null for number 1, and if the previous one is unreadable. */
  before: Snapshot | null
  /** Every plan, with the number of its snapshot. */
  readonly plans: Map<string, number>
}

/** Every fault of `manifest` relative to the snapshots in `chain`, to which it is then added. */
export function chainFaults(
  name: string,
  snapshot: Snapshot,
  number: number,
  chain: Chain,
): Fault[] {
  const { manifest } = snapshot
  const { before, plans } = chain
  const faults: Fault[] = []
  const broken = (why: string): void => void faults.push(fault('CHAIN_BROKEN', name, why))
  const made = plans.get(manifest.planId)
  if (made !== undefined) broken(`its plan already made snapshot ${made}`)
  plans.set(manifest.planId, number)
  if (number === 1) {
    if (manifest.previous !== null) broken('it is number 1 but names a previous snapshot')
    faults.push(...sharedJsonFaults(name, null, manifest))
  } else if (before !== null) {
    // An unreadable previous snapshot is already reported.
    faults.push(...linkFaults(name, manifest, number, before))
    if (before.manifest.settled && !manifest.settled) {
      broken('the previous snapshot is settled, but this one is not')
    }
    faults.push(...sharedPartFaults(name, before.manifest, manifest))
    faults.push(...sharedJsonFaults(name, before.manifest, manifest))
  }
  return faults
}

function linkFaults(
  name: string,
  { previous, takenAt }: Manifest,
  number: number,
  before: Snapshot,
): Fault[] {
  const previousName = manifestName(seriesOfManifest(before.manifest), number - 1)
  if (previous?.number !== number - 1) {
    return [
      fault('CHAIN_BROKEN', name, `it does not name ${previousName} as the previous snapshot`),
    ]
  }
  if (previous.sha256 !== before.sha256) {
    const what = `the next snapshot says that its SHA-256 was ${previous.sha256}`
    return [fault('MANIFEST_ALTERED', previousName, what)]
  }
  if (takenAt > before.manifest.takenAt) return []
  return [fault('CHAIN_BROKEN', name, 'it was not taken later than the previous snapshot')]
}

/** Rows read once have one record, in all snapshots that name them; only `checkedAt` advances. */
function sharedPartFaults(name: string, before: Manifest, manifest: Manifest): Fault[] {
  return manifest.parts.flatMap((part) => {
    const earlier = before.parts.find((other) => isSameRead(other, part))
    if (earlier === undefined || isSameBeside(earlier, part)) return []
    const why = `the fields beside the rows of part ${part.key} differ from the previous snapshot's, though both describe the same fetch`
    return [fault('MANIFEST_INCONSISTENT', name, why)]
  })
}

/** CSV and index are rebuilt for a JSON file only in the part that had it in the previous snapshot. */
function sharedJsonFaults(name: string, before: Manifest | null, manifest: Manifest): Fault[] {
  return manifest.parts.flatMap((part) => {
    const earlier = before?.parts.find(({ key }) => key === part.key)
    const known = pathsOf(earlier?.files ?? [], 'json')
    return rebuiltSegments(part)
      .filter(({ json }) => !known.includes(json))
      .map(({ json }) => {
        const why = `part ${part.key} has rebuilt files of ${json}, which the previous snapshot does not have`
        return fault('MANIFEST_INCONSISTENT', name, why)
      })
  })
}

function isSameRead(a: PartRecord, b: PartRecord): boolean {
  return a.files[0]?.path === b.files[0]?.path && a.fetchedAt === b.fetchedAt
}

function isSameBeside(a: PartRecord, b: PartRecord): boolean {
  const [names, others] = [Object.keys(a.envelope), Object.keys(b.envelope)]
  return (
    names.length === others.length && names.every((name) => a.envelope[name] === b.envelope[name])
  )
}
