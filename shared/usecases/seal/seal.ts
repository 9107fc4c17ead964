import { ArchiveError, hasCode } from '../../errors.ts'
import { manifestName } from '../../format/layout.ts'
import { type Manifest, manifestBytes } from '../../format/manifest.ts'
import { isSamePart, type Receipt } from '../../format/part-record.ts'
import { ALL_PART, seriesFields } from '../../format/series.ts'
import type { OpenState, Outcome, SealingState } from '../../format/series-state.ts'
import { sha256 } from '../../rows/blocks/digest.ts'
import type { Archive } from '../archive.ts'
import type { Snapshot } from '../read/read-snapshots.ts'
import { closePlan, failPlan, outcomeOf, sealedAs } from '../state/close-plan.ts'
import { readState, receiptsOf } from '../state/read-state.ts'
import { writeState } from '../state/write-state.ts'
import { refreshOrLeave } from '../view/refresh-view.ts'
import { findOwnSnapshot } from './own-snapshot.ts'
import { faultOf, manifestOf, numberOf, sealingState } from './sealing-state.ts'
import { awaitConfirmation, shrinkOf } from './shrink.ts'

type Sealer = Pick<
  Archive,
  | 'state'
  | 'snapshots'
  | 'view'
  | 'encoder'
  | 'log'
  | 'writer'
  | 'newId'
  | 'policy'
  | 'catalogue'
  | 'sources'
>

/**
 * Finishes an open plan whose receipts are all present and fresh: as `unchanged` if they match the newest
 * manifest, otherwise by committing them to `sealing` and driving that to its end. If many rows are gone, the
 * plan waits for a second fetch.
 */
export async function commitPlan(
  archive: Sealer,
  open: OpenState,
  etag: string,
  receipts: Record<string, Receipt>,
  at: Date,
): Promise<void> {
  const { newest, own } = await findOwnSnapshot(archive.snapshots, open.series, open.plan)
  if (own !== null) return closeSealed(archive, open, etag, receipts, own)
  if (newest !== null && isUnchanged(newest.manifest, open, receipts)) {
    const outcome = outcomeOf(open, 'unchanged', newest.manifest.number, at)
    // The view may be behind, e.g. after a crash between manifest and view.
    await refreshOrLeave(archive, newest)
    await closePlan(archive, open, etag, receipts, outcome)
    return
  }
  const outrun = outrunOf(open, newest)
  if (outrun !== null) return failPlan(archive, open, etag, receipts, outrun, at)
  const shrunk = shrinkOf(
    open,
    newest?.manifest ?? null,
    receipts,
    archive.policy.shrinkPercent,
    at,
  )
  if (shrunk !== null) return awaitConfirmation(archive, open, etag, shrunk)
  const sealing = sealingState(archive, open, receipts, newest, at)
  const fault = faultOf(sealing)
  if (fault !== null) {
    return failPlan(archive, open, etag, receipts, [{ part: ALL_PART, ...fault }], at)
  }
  const committed = await writeState(archive, sealing, etag)
  if (committed !== null) await driveSealing(archive, sealing, committed)
}

/**
 * Drives a committed plan: manifest, view, closed. Any process may do this, at any time and concurrently,
 * because every step has the same result for all.
 */
export async function driveSealing(
  archive: Sealer,
  sealing: SealingState,
  etag: string,
): Promise<void> {
  const made = await createManifest(archive, sealing)
  let snapshot = made
  if (snapshot === null) {
    // An own retry, another sealer, or another version of the program, which writes other bytes: the existing
    // manifest that names our plan is authoritative.
    const { own, newest } = await findOwnSnapshot(archive.snapshots, sealing.series, sealing.plan)
    if (own === null) return resealBehind(archive, sealing, etag, newest)
    snapshot = own
  }
  const { manifest } = snapshot
  await refreshOrLeave(archive, snapshot)
  await closePlan(archive, sealing, etag, sealing.receipts, sealedAs(sealing, manifest))
  if (made !== null) {
    archive.log.info('snapshot.sealed', {
      ...seriesFields(sealing.series),
      number: manifest.number,
      rows: manifest.rowCount,
      settled: manifest.settled,
      cost: totalCost(archive, manifest),
    })
  }
}

/** Creates the manifest of the state; null if one with its number, or by its plan, exists. */
async function createManifest(archive: Sealer, sealing: SealingState): Promise<Snapshot | null> {
  let manifest: Manifest
  try {
    manifest = manifestOf(sealing)
  } catch (error) {
    // Another version of the program committed it, and may have built a manifest that we can't.
    const { own } = await findOwnSnapshot(archive.snapshots, sealing.series, sealing.plan)
    if (own !== null) return null
    throw error
  }
  const name = manifestName(sealing.series, manifest.number)
  const bytes = manifestBytes(manifest)
  const digest = sha256(bytes)
  try {
    await archive.snapshots.create(name, bytes, { contentType: 'application/json', sha256: digest })
    return { manifest, sha256: digest }
  } catch (error) {
    if (hasCode(error, 'ALREADY_EXISTS')) return null
    throw error
  }
}

/** The total to show first, as text; null for a dataset without one. */
function totalCost(
  { catalogue }: Pick<Archive, 'catalogue'>,
  { dataset, totals }: Manifest,
): string | null {
  const column = catalogue.find(dataset)?.costColumn ?? null
  return column === null ? null : (totals[column] ?? null)
}

/**
 * Closes an open plan that already has a snapshot, though its state does not say so: storage lost the write,
 * or the state was restored from an earlier time. False if it has none.
 */
export async function closeIfSealed(
  archive: Sealer,
  open: OpenState,
  etag: string,
  receipts: Record<string, Receipt>,
): Promise<boolean> {
  let own: Snapshot | null
  try {
    ;({ own } = await findOwnSnapshot(archive.snapshots, open.series, open.plan))
  } catch (error) {
    // An unreadable manifest must not keep the plan open.
    if (hasCode(error, 'FORMAT_INVALID', 'FORMAT_UNSUPPORTED')) return false
    throw error
  }
  if (own === null) return false
  await closeSealed(archive, open, etag, receipts, own)
  return true
}

async function closeSealed(
  archive: Sealer,
  open: OpenState,
  etag: string,
  receipts: Record<string, Receipt>,
  own: Snapshot,
): Promise<void> {
  // Usually another worker has committed this plan since we read its state, and is finishing it.
  if ((await readState(archive.state, open.series)).etag !== etag) return
  const { manifest } = own
  await refreshOrLeave(archive, own)
  const known = { ...receiptsOf(manifest), ...receipts }
  await closePlan(archive, open, etag, known, sealedAs(open, manifest))
}

function isUnchanged(
  newest: Manifest,
  open: OpenState,
  receipts: Record<string, Receipt>,
): boolean {
  return (
    newest.settled === open.plan.settled &&
    newest.parts.length === open.plan.parts.length &&
    newest.parts.every((part) => {
      const receipt = receipts[part.key]
      return receipt !== undefined && isSamePart(receipt.part, part)
    })
  )
}

/**
 * Why a rebuild can't be sealed: the source has said something since, and older rows must not be sealed after
 * newer ones. Null for any other plan, and for a rebuild of the newest snapshot.
 */
function outrunOf(
  { plan }: OpenState | SealingState,
  newest: Snapshot | null,
): Outcome['failed'] | null {
  if (plan.rebuild === undefined || newest?.manifest.number === plan.rebuild.number) return null
  const found = newest === null ? 'it is missing' : `the newest is number ${newest.manifest.number}`
  const message = `the plan rebuilds the files of snapshot ${plan.rebuild.number}, but ${found}`
  return [{ part: ALL_PART, code: 'CONDITION_NOT_MET', message }]
}

/**
 * The number is taken by another snapshot: the state that we sealed from was older than the archive, e.g.
 * restored from a backup. The receipts are still valid, so they are committed again under the next number.
 */
async function resealBehind(
  archive: Sealer,
  sealing: SealingState,
  etag: string,
  newest: Snapshot | null,
): Promise<void> {
  if (newest === null || newest.manifest.number < numberOf(sealing)) {
    const name = manifestName(sealing.series, numberOf(sealing))
    throw new ArchiveError(
      'SNAPSHOT_CONFLICT',
      `${name} exists, but a listing of its folder does not show it`,
    )
  }
  const outrun = outrunOf(sealing, newest)
  if (outrun !== null) {
    const outcome = outcomeOf(sealing, 'failed', null, new Date(sealing.takenAt))
    return closePlan(archive, sealing, etag, sealing.receipts, { ...outcome, failed: outrun })
  }
  const again = sealingState(archive, sealing, sealing.receipts, newest, new Date(sealing.takenAt))
  const committed = await writeState(archive, again, etag)
  if (committed !== null) await driveSealing(archive, again, committed)
}
