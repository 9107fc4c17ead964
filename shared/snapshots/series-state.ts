import { z } from 'zod'
import { canonicalJson, parseDocument } from './canonical-json.ts'
import { previousSchema } from './manifest.ts'
import { partProgressSchema } from './part-progress.ts'
import { receiptSchema } from './part-record.ts'
import { partKeySchema, seriesSchema } from './series.ts'

export const STATE_FORMAT = 'billing-archive-state/1'

/** Outcomes that a series' state remembers. */
const REMEMBERED_OUTCOMES = 20

const time = z.iso.datetime({ precision: 3 })
const receipts = z.record(partKeySchema, receiptSchema)

const failureSchema = z.object({
  code: z.string(),
  message: z.string(),
  /** When it failed first and last since the last success. */
  since: time,
  at: time,
})
export type Failure = z.infer<typeof failureSchema>

/** Fewer rows than before, seen once: sealed only when an unconditional fetch says the same later. */
const shrunkSchema = z.object({
  contentSha256: z.string(),
  rowCount: z.int().nonnegative(),
  /** Rows of the newest snapshot. */
  was: z.int().nonnegative(),
  since: time,
})

/** The work order for one series. */
const planSchema = z.object({
  id: z.string(),
  parts: z.array(partKeySchema).min(1),
  settled: z.boolean(),
  rowsVersion: z.int().positive(),
  apiVersion: z.string(),
  openedAt: time,
  /** Receipts count only if the source was asked after this. */
  freshAfter: time,
  /** Past this an open plan is closed as failed. */
  deadline: time,
  /** When every part's message had been put on the queue; null until then. */
  sentAt: time.nullable(),
  shrunk: shrunkSchema.nullable().default(null),
})
export type Plan = z.infer<typeof planSchema>

const outcomeSchema = z.object({
  planId: z.string(),
  status: z.enum(['sealed', 'unchanged', 'failed']),
  /** The snapshot that it made or found unchanged. */
  number: z.int().positive().nullable(),
  settled: z.boolean(),
  openedAt: time,
  closedAt: time,
  failed: z.array(z.object({ part: partKeySchema, code: z.string(), message: z.string() })),
})
export type Outcome = z.infer<typeof outcomeSchema>

const common = {
  format: z.literal(STATE_FORMAT),
  series: seriesSchema,
  outcomes: z.array(outcomeSchema),
}

const stateSchema = z.discriminatedUnion('status', [
  /** Parts are being fetched. `base`: each part's last receipt, for conditional requests. */
  z.object({ ...common, status: z.literal('open'), plan: planSchema, base: receipts }),
  /** Committed: the manifest is a pure function of this. */
  z.object({
    ...common,
    status: z.literal('sealing'),
    plan: planSchema,
    /** Who committed it: two workers may do so in the same second, with all else the same. */
    sealer: z.string(),
    receipts,
    previous: previousSchema.extend({ takenAt: time }).nullable(),
    takenAt: time,
    columns: z.array(z.string()),
    writer: z.object({ name: z.string(), version: z.string() }),
  }),
  z.object({ ...common, status: z.literal('closed'), receipts }),
])

/** What stands in a series' `plan.json`: at most one plan is open per series. */
export type SeriesState = z.infer<typeof stateSchema>
export type OpenState = Extract<SeriesState, { status: 'open' }>
export type SealingState = Extract<SeriesState, { status: 'sealing' }>
export type ClosedState = Extract<SeriesState, { status: 'closed' }>

export function stateBytes(state: SeriesState): Buffer {
  return canonicalJson(state)
}

/** Reads a series' state; throws `FORMAT_INVALID`. */
export function parseState(bytes: Uint8Array, name: string): SeriesState {
  return parseDocument(stateSchema, bytes, name)
}

/** `outcomes` with `outcome` in front and the oldest forgotten. */
export function remember(outcomes: readonly Outcome[], outcome: Outcome): Outcome[] {
  return [outcome, ...outcomes].slice(0, REMEMBERED_OUTCOMES)
}

const partStateSchema = z.object({
  format: z.literal(STATE_FORMAT),
  receipt: receiptSchema.nullable(),
  failure: failureSchema.nullable(),
  /** When the part was last put back on the queue, null if never. */
  sentAt: time.nullable(),
  /** A long part that is archived segment by segment: how far it is. */
  progress: partProgressSchema.nullable().default(null),
})

/** What became of one part of a plan. */
export type PartState = z.infer<typeof partStateSchema>

export function partStateBytes(state: PartState): Buffer {
  return canonicalJson(state)
}

/** Reads a part's state; throws `FORMAT_INVALID`. */
export function parsePartState(bytes: Uint8Array, name: string): PartState {
  return parseDocument(partStateSchema, bytes, name)
}
