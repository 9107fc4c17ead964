import { ArchiveError, hasCode } from '../errors.ts'
import { sha256 } from '../rows/digest.ts'
import { manifestName } from '../snapshots/layout.ts'
import { type Manifest, manifestBytes } from '../snapshots/manifest.ts'
import { isSamePart, type Receipt } from '../snapshots/part-record.ts'
import { ALL_PART, seriesLabel } from '../snapshots/series.ts'
import type { OpenState, SealingState } from '../snapshots/series-state.ts'
import type { Archive } from './archive.ts'
import { closePlan, failPlan, isSamePlan, outcomeOf, sealedAs, writeState } from './close-plan.ts'
import { findOwnSnapshot } from './own-snapshot.ts'
import type { Snapshot } from './read-snapshots.ts'
import { readState, receiptsOf } from './read-state.ts'
import { refreshView } from './refresh-view.ts'
import { faultOf, manifestOf, numberOf, sealingState } from './sealing-state.ts'
import { awaitConfirmation, shrinkOf } from './shrink.ts'

type Sealer = Pick<
  Archive,
  'state' | 'snapshots' | 'view' | 'log' | 'writer' | 'newId' | 'config' | 'catalogue'
>

/**
 * Ends an open plan whose receipts are all there and fresh: as `unchanged` if they say what the newest
 * manifest says, else by committing them to `sealing` and driving that to its end; where many rows are
 * gone, it lets the plan wait for a second look.
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
    // The view may have stayed behind, e.g. where a crash came between manifest and view.
    await refreshView(archive, newest)
    await closePlan(archive, open, etag, receipts, outcome)
    return
  }
  const { SHRINK_ALERT } = archive.config
  const shrunk = shrinkOf(open, newest?.manifest ?? null, receipts, SHRINK_ALERT, at)
  if (shrunk !== null) return awaitConfirmation(archive, open, etag, shrunk)
  const sealing = sealingState(archive, open, receipts, newest, at)
  const fault = faultOf(sealing)
  if (fault !== null) {
    return failPlan(archive, open, etag, receipts, [{ part: ALL_PART, ...fault }], at)
  }
  const committed = await writeState(archive, sealing, etag, (found) => isSamePlan(found, open))
  if (committed !== null) await driveSealing(archive, sealing, committed)
}

/**
 * Drives a committed plan on: manifest, view, closed. Anyone may, at any time and at the same time as
 * others: every step is the same for all who take it.
 */
export async function driveSealing(
  archive: Sealer,
  sealing: SealingState,
  etag: string,
): Promise<void> {
  const made = await createManifest(archive, sealing)
  let snapshot = made
  if (snapshot === null) {
    // An own retry, another sealer, or another version of the program, which writes other bytes: the
    // manifest that is there and names our plan is the truth.
    const { own, newest } = await findOwnSnapshot(archive.snapshots, sealing.series, sealing.plan)
    if (own === null) return resealBehind(archive, sealing, etag, newest)
    snapshot = own
  }
  const { manifest } = snapshot
  await refreshView(archive, snapshot)
  await closePlan(archive, sealing, etag, sealing.receipts, sealedAs(sealing, manifest))
  if (made !== null) {
    archive.log.info('snapshot.sealed', {
      series: seriesLabel(sealing.series),
      number: manifest.number,
      rows: manifest.rowCount,
      settled: manifest.settled,
      cost: totalCost(archive, manifest),
    })
  }
}

/** Creates the manifest that the state stands for; null if one of its number, or by its plan, is there. */
async function createManifest(archive: Sealer, sealing: SealingState): Promise<Snapshot | null> {
  let manifest: Manifest
  try {
    manifest = manifestOf(sealing)
  } catch (error) {
    // Another version of the program committed it, and may have made of it what we can't.
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

/** The total that a person looks at first, as text; null for a dataset that has none. */
function totalCost(
  { catalogue }: Pick<Archive, 'catalogue'>,
  { dataset, totals }: Manifest,
): string | null {
  const column = catalogue.find(dataset)?.costColumn ?? null
  return column === null ? null : (totals[column] ?? null)
}

/**
 * Ends an open plan that has made its snapshot already, though its state does not say so: storage lost the
 * write, or the state was restored from an earlier time. False if it has made none.
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
    // A manifest that can't be read must not keep the plan open.
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
  // Mostly another worker has committed this plan since we read its state, and is at it.
  if ((await readState(archive.state, open.series)).etag !== etag) return
  const { manifest } = own
  await refreshView(archive, own)
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
 * The number is taken by another snapshot: the state that we sealed from was older than the archive,
 * e.g. restored from a backup. The receipts stay good, so they are committed anew behind that one.
 */
async function resealBehind(
  archive: Sealer,
  sealing: SealingState,
  etag: string,
  newest: Snapshot | null,
): Promise<void> {
  if (newest === null || newest.manifest.number < numberOf(sealing)) {
    const name = manifestName(sealing.series, numberOf(sealing))
    throw new ArchiveError('SNAPSHOT_CONFLICT', `${name} is there, and is not found in its folder`)
  }
  const again = sealingState(archive, sealing, sealing.receipts, newest, new Date(sealing.takenAt))
  const committed = await writeState(archive, again, etag, (state) => isSamePlan(state, sealing))
  if (committed !== null) await driveSealing(archive, again, committed)
}
