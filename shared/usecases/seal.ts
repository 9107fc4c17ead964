import { columnNamesOf } from '../datasets/catalogue.ts'
import { ArchiveError, hasCode } from '../errors.ts'
import { sha256 } from '../rows/digest.ts'
import { manifestName, planName } from '../snapshots/layout.ts'
import { type Manifest, makeManifest, manifestBytes, parseManifest } from '../snapshots/manifest.ts'
import { isSamePart, type Receipt } from '../snapshots/part-record.ts'
import { seriesLabel } from '../snapshots/series.ts'
import {
  type ClosedState,
  carriedOf,
  type OpenState,
  type Outcome,
  remember,
  type SealingState,
  type SeriesState,
  stateBytes,
} from '../snapshots/series-state.ts'
import type { Archive } from './archive.ts'
import { newestSnapshot, type Snapshot } from './read-snapshots.ts'
import { readState } from './read-state.ts'
import { refreshView } from './refresh-view.ts'
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
  const newest = await newestSnapshot(archive.snapshots, open.series)
  // Another worker has committed this plan since we read its state.
  if (newest?.manifest.planId === open.plan.id) return
  if (newest !== null && isUnchanged(newest.manifest, open, receipts)) {
    const outcome = outcomeOf(open, 'unchanged', newest.manifest.number, at)
    // The view may have stayed behind, e.g. where a crash came between manifest and view.
    await refreshView(archive, newest)
    await close(archive, open, etag, receipts, outcome)
    return
  }
  const { SHRINK_ALERT } = archive.config
  const shrunk = shrinkOf(open, newest?.manifest ?? null, receipts, SHRINK_ALERT, at)
  if (shrunk !== null) return awaitConfirmation(archive, open, etag, shrunk)
  const sealing = sealingState(archive, open, receipts, newest, at)
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
  const manifest = manifestOf(sealing)
  const bytes = manifestBytes(manifest)
  const name = manifestName(sealing.series, manifest.number)
  const digest = sha256(bytes)
  let isNew = true
  try {
    await archive.snapshots.create(name, bytes, { contentType: 'application/json', sha256: digest })
  } catch (error) {
    if (!hasCode(error, 'ALREADY_EXISTS')) throw error
    const { bytes: found } = await archive.snapshots.read(name)
    if (found === null || !found.equals(bytes)) {
      return resealBehind(archive, sealing, etag, name, found)
    }
    isNew = false // an own retry, or another sealer: equal bytes are success
  }
  await refreshView(archive, { manifest, sha256: digest })
  await close(
    archive,
    sealing,
    etag,
    sealing.receipts,
    outcomeOf(sealing, 'sealed', manifest.number, new Date(sealing.takenAt)),
  )
  if (isNew) {
    archive.log.info('snapshot.sealed', {
      series: seriesLabel(sealing.series),
      number: manifest.number,
      rows: manifest.rowCount,
      settled: manifest.settled,
      cost: totalCost(archive, manifest),
    })
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

/** Closes an open plan past its deadline, with the parts named that have no receipt. */
export async function failPlan(
  archive: Pick<Archive, 'state' | 'log'>,
  open: OpenState,
  etag: string,
  receipts: Record<string, Receipt>,
  failed: Outcome['failed'],
  at: Date,
): Promise<void> {
  const outcome: Outcome = { ...outcomeOf(open, 'failed', null, at), failed }
  await close(archive, open, etag, { ...open.base, ...receipts }, outcome)
  archive.log.error('plan.failed', {
    series: seriesLabel(open.series),
    plan: open.plan.id,
    parts: failed.map((entry) => `${entry.part}: ${entry.code}`).join('; '),
  })
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

function sealingState(
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

/** The columns that the plan was opened for; what is committed already has them. */
function columnsOf({ catalogue }: Pick<Archive, 'catalogue'>, plan: OpenState | SealingState) {
  if (plan.status === 'sealing') return plan.columns
  const { dataset: name } = plan.series
  const dataset = catalogue.find(name)
  if (dataset !== null) return columnNamesOf(dataset, plan.plan.rowsVersion)
  throw new ArchiveError('CATALOGUE_TOO_OLD', `this program knows no dataset called ${name}`)
}

/** A pure function of the sealing state. */
function manifestOf(sealing: SealingState): Manifest {
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

/**
 * The number is taken by another snapshot: the state that we sealed from was older than the archive,
 * e.g. restored from a backup. The receipts stay good, so they are committed anew behind that one.
 */
async function resealBehind(
  archive: Sealer,
  sealing: SealingState,
  etag: string,
  name: string,
  found: Buffer | null,
): Promise<void> {
  if (found !== null && parseManifest(found, name).planId === sealing.plan.id) {
    throw new ArchiveError('SNAPSHOT_CONFLICT', `${name} is by our own plan but has other bytes`)
  }
  const newest = await newestSnapshot(archive.snapshots, sealing.series)
  const again = sealingState(archive, sealing, sealing.receipts, newest, new Date(sealing.takenAt))
  const committed = await writeState(archive, again, etag, (state) => isSamePlan(state, sealing))
  if (committed !== null) await driveSealing(archive, again, committed)
}

function outcomeOf(
  state: OpenState | SealingState,
  status: Outcome['status'],
  number: number | null,
  closedAt: Date,
): Outcome {
  return {
    planId: state.plan.id,
    status,
    number,
    settled: state.plan.settled,
    openedAt: state.plan.openedAt,
    closedAt: closedAt.toISOString(),
    failed: [],
  }
}

async function close(
  archive: Pick<Archive, 'state' | 'log'>,
  state: OpenState | SealingState,
  etag: string,
  receipts: Record<string, Receipt>,
  outcome: Outcome,
): Promise<void> {
  const { again } = state.plan
  const closed: ClosedState = {
    ...carriedOf(state),
    status: 'closed',
    outcomes: remember(state.outcomes, outcome),
    receipts,
    ...(again === undefined ? {} : { again }),
  }
  if ((await writeState(archive, closed, etag, () => true)) === null) return // closed by another
  archive.log.info('plan.closed', {
    series: seriesLabel(state.series),
    plan: state.plan.id,
    outcome: outcome.status,
    number: outcome.number,
  })
}

/**
 * Writes the state under `etag`; gives its new tag, or null if another was faster. A conflict is
 * answered by reading back: an own write whose answer was lost looks like one.
 */
async function writeState(
  archive: Pick<Archive, 'state'>,
  next: SeriesState,
  etag: string,
  mayBeOurs: (found: SeriesState) => boolean,
): Promise<string | null> {
  const bytes = stateBytes(next)
  try {
    return await archive.state.write(planName(next.series), bytes, etag)
  } catch (error) {
    if (!hasCode(error, 'CONDITION_NOT_MET')) throw error
    const found = await readState(archive.state, next.series)
    if (found.state === null || found.etag === null || !mayBeOurs(found.state)) return null
    return stateBytes(found.state).equals(bytes) ? found.etag : null
  }
}

function isSamePlan(found: SeriesState, ours: OpenState | SealingState): boolean {
  return found.status !== 'closed' && found.plan.id === ours.plan.id
}
