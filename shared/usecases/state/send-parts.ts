import pMap from 'p-map'
import { partStateName, planName } from '../../format/layout.ts'
import {
  nextPartState,
  type OpenState,
  type PartState,
  partStateBytes,
  stateBytes,
} from '../../format/series-state.ts'
import type { Archive } from '../archive.ts'
import { encodeMessage } from './part-message.ts'
import { readPartState } from './read-state.ts'

/** How many messages are sent concurrently. */
const SEND_CONCURRENCY = 16

/**
 * Queues a message for each of `parts`. A message expires after exactly `requeueAfterMs` and is queued
 * again only after that, so a backlog never floods the queue. With `delaySeconds` it is hidden before then, and
 * it lives that much longer.
 */
export async function sendParts(
  archive: Pick<Archive, 'queue' | 'policy'>,
  state: OpenState,
  parts: readonly string[],
  delaySeconds = 0,
): Promise<void> {
  const ttlSeconds = Math.ceil(archive.policy.requeueAfterMs / 1_000)
  const send = (part: string): Promise<void> => {
    const message = { series: state.series, planId: state.plan.id, part }
    return archive.queue.send(encodeMessage(message), ttlSeconds, delaySeconds)
  }
  await pMap(parts, send, { concurrency: SEND_CONCURRENCY })
}

/** Queues a plan's parts, then records that in the plan; until then, any process that joins queues them. */
export async function sendPlan(
  archive: Pick<Archive, 'queue' | 'policy' | 'state'>,
  state: OpenState,
  etag: string,
  parts: readonly string[],
  at: Date,
): Promise<void> {
  await sendParts(archive, state, parts)
  const sent: OpenState = { ...state, plan: { ...state.plan, sentAt: at.toISOString() } }
  // After a conflict another process has advanced the plan, so its parts are being handled.
  await archive.state.write(planName(state.series), stateBytes(sent), etag)
}

/** Queues one part again, and records when, which keeps others from doing it too. */
export async function resendPart(
  archive: Pick<Archive, 'queue' | 'policy' | 'state'>,
  state: OpenState,
  part: string,
): Promise<void> {
  const { series, plan } = state
  const found = await readPartState(archive.state, series, plan.id, part)
  await sendParts(archive, state, [part])
  const next = nextPartState(found.state, { sentAt: found.at.toISOString() })
  // After a conflict its worker was faster.
  await archive.state.write(
    partStateName(series, plan.id, part),
    partStateBytes(next),
    found.etag,
    partStateMetadata(next),
  )
}

/** The metadata with which a listing shows a part's status without reading its state. */
export function partStateMetadata(state: PartState): Record<string, string> {
  const metadata: Record<string, string> = {}
  if (state.receipt !== null) metadata['checkedat'] = state.receipt.part.checkedAt
  if (state.failure !== null) metadata['failedat'] = state.failure.at
  if (state.sentAt !== null) metadata['sentat'] = state.sentAt
  return metadata
}
