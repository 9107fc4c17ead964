/** The state that a plan is committed as, and the manifest derived from it. */
import { columnsAt } from '../../datasets/columns-at.ts'
import { ArchiveError, describeError } from '../../errors.ts'
import { manifestName } from '../../format/layout.ts'
import { type Manifest, makeManifest, manifestBytes, parseManifest } from '../../format/manifest.ts'
import { assertVersion, type Receipt } from '../../format/part-record.ts'
import { carriedOf, type OpenState, type SealingState } from '../../format/series-state.ts'
import type { Archive } from '../archive.ts'
import type { Snapshot } from '../read/read-snapshots.ts'

export function sealingState(
  archive: Pick<Archive, 'writer' | 'newId' | 'catalogue'>,
  plan: OpenState | SealingState,
  receipts: Record<string, Receipt>,
  newest: Snapshot | null,
  at: Date,
): SealingState {
  const earliest = newest === null ? 0 : Date.parse(newest.manifest.takenAt) + 1
  return {
    ...carriedOf(plan),
    status: 'sealing',
    plan: plan.plan,
    sealer: archive.newId(),
    receipts,
    previous:
      newest === null
        ? null
        : {
            number: newest.manifest.number,
            sha256: newest.sha256,
            takenAt: newest.manifest.takenAt,
          },
    takenAt: new Date(Math.max(at.getTime(), earliest)).toISOString(),
    columns: columnsOf(archive, plan),
    writer: archive.writer,
  }
}

/** The columns with which the plan was opened; a committed plan already has them. */
function columnsOf({ catalogue }: Pick<Archive, 'catalogue'>, plan: OpenState | SealingState) {
  if (plan.status === 'sealing') return plan.columns
  const { dataset: name } = plan.series
  const dataset = catalogue.find(name)
  if (dataset !== null) return [...columnsAt(dataset, plan.plan.rowsVersion).names]
  throw new ArchiveError(
    'CATALOGUE_TOO_OLD',
    `this program does not know the dataset ${name}: use the newer program that planned it`,
  )
}

/**
 * Why no snapshot can be made from the plan's receipts; null if one can. Checked before the commit, because
 * after it, no process could end the plan if something that depends on data failed.
 */
export function faultOf(sealing: SealingState): { code: string; message: string } | null {
  try {
    const manifest = manifestOf(sealing)
    for (const part of manifest.parts) assertVersion(part, manifest.rowsVersion)
    parseManifest(manifestBytes(manifest), manifestName(sealing.series, manifest.number))
    return null
  } catch (error) {
    return describeError(error)
  }
}

export function numberOf({ previous }: SealingState): number {
  return (previous?.number ?? 0) + 1
}

/** A pure function of the sealing state. */
export function manifestOf(sealing: SealingState): Manifest {
  const receipts = Object.values(sealing.receipts)
  const { previous } = sealing
  return makeManifest({
    series: sealing.series,
    apiVersion: sealing.plan.apiVersion,
    planId: sealing.plan.id,
    settled: sealing.plan.settled,
    takenAt: sealing.takenAt,
    columns: sealing.columns,
    rowsVersion: sealing.plan.rowsVersion,
    unknownFields: receipts.flatMap((receipt) => receipt.unknownFields),
    parts: receipts.map((receipt) => receipt.part),
    previous: previous === null ? null : { number: previous.number, sha256: previous.sha256 },
    writer: sealing.writer,
  })
}
