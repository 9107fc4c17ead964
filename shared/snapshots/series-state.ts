import { z } from 'zod'
import { canonicalJson, parseDocument } from './canonical-json.ts'
import { keeping } from './kept-fields.ts'
import { previousSchema } from './manifest.ts'
import { partProgressSchema } from './part-progress.ts'
import { receiptSchema } from './part-record.ts'
import { idSchema, partKeySchema, seriesSchema } from './series.ts'

export const STATE_FORMAT = 'billing-archive-state/1'

/** Outcomes that a series' state remembers. */
const REMEMBERED_OUTCOMES = 20

const time = z.iso.datetime({ precision: 3 })
const receipts = z.record(partKeySchema, receiptSchema)

const failureSchema = keeping({
  code: z.string(),
  message: z.string(),
  /** When it failed first and last since the last success. */
  since: time,
  at: time,
})
export type Failure = z.infer<typeof failureSchema>

/** Fewer rows than before, seen once: sealed only when an unconditional fetch finds them missing an hour later, too. */
const shrunkSchema = keeping({
  contentSha256: z.string(),
  rowCount: z.int().nonnegative(),
  /** Rows of the newest snapshot. */
  was: z.int().nonnegative(),
  since: time,
})

/**
 * Somebody asked for fresher data than the open plan began with: when it closes, the next plan is opened,
 * with this id. `at`: when it was asked for.
 */
const againSchema = keeping({ planId: idSchema, at: time })
export type Again = z.infer<typeof againSchema>

/** The work order for one series. */
const planSchema = keeping({
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
  again: againSchema.optional(),
})
export type Plan = z.infer<typeof planSchema>

const outcomeSchema = keeping({
  planId: z.string(),
  status: z.enum(['sealed', 'unchanged', 'failed']),
  /** The snapshot that it made or found unchanged. */
  number: z.int().positive().nullable(),
  settled: z.boolean(),
  openedAt: time,
  closedAt: time,
  failed: z.array(keeping({ part: partKeySchema, code: z.string(), message: z.string() })),
})
export type Outcome = z.infer<typeof outcomeSchema>

const common = {
  format: z.literal(STATE_FORMAT),
  series: keeping(seriesSchema.shape),
  outcomes: z.array(outcomeSchema),
}

/** Parts are being fetched. `base`: each part's last receipt, for conditional requests. */
const openSchema = keeping({
  ...common,
  status: z.literal('open'),
  plan: planSchema,
  base: receipts,
})

/** Committed: the manifest is a pure function of this. */
const sealingSchema = keeping({
  ...common,
  status: z.literal('sealing'),
  plan: planSchema,
  /** Who committed it: two workers may do so in the same second, with all else the same. */
  sealer: z.string(),
  receipts,
  previous: previousSchema.extend({ takenAt: time }).nullable(),
  takenAt: time,
  columns: z.array(z.string()),
  writer: keeping({ name: z.string(), version: z.string() }),
})

/** No plan is under way. `again`: one is to be opened all the same. */
const closedSchema = keeping({
  ...common,
  status: z.literal('closed'),
  receipts,
  again: againSchema.optional(),
})

const stateSchema = z.discriminatedUnion('status', [openSchema, sealingSchema, closedSchema])

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

/** What every state of a series has, whatever its status. */
export type Carried = Pick<SeriesState, keyof typeof common>

/** Fields that belong to a status and end with it. */
const OF_STATUS: ReadonlySet<string> = new Set(
  [openSchema, sealingSchema, closedSchema].flatMap(({ shape }) =>
    Object.keys(shape).filter((name) => !Object.hasOwn(common, name)),
  ),
)

/** What goes with a series from one status to the next, fields that we do not know included. */
export function carriedOf(state: SeriesState): Carried {
  const entries = Object.entries(state).filter(([name]) => !OF_STATUS.has(name))
  return Object.fromEntries(entries) as Carried
}

/** `outcomes` with `outcome` in front and the oldest forgotten. */
export function remember(outcomes: readonly Outcome[], outcome: Outcome): Outcome[] {
  return [outcome, ...outcomes].slice(0, REMEMBERED_OUTCOMES)
}

const partStateSchema = keeping({
  format: z.literal(STATE_FORMAT),
  receipt: receiptSchema.nullable(),
  failure: failureSchema.nullable(),
  /** When the part was last put back on the queue, null if never. */
  sentAt: time.nullable(),
  /** When a program that is too old for its plan last left its message to a newer one. */
  leftAt: time.optional(),
  /** A long part that is archived segment by segment: how far it is. */
  progress: partProgressSchema.nullable().default(null),
})

/** What became of one part of a plan. */
export type PartState = z.infer<typeof partStateSchema>

/** A part's state with `changes`; what else stands there, known or not, is kept. */
export function nextPartState(found: PartState | null, changes: Partial<PartState>): PartState {
  const { leftAt: _left, ...kept } = found ?? {
    format: STATE_FORMAT,
    receipt: null,
    failure: null,
    sentAt: null,
    progress: null,
  }
  return { ...kept, ...changes }
}

export function partStateBytes(state: PartState): Buffer {
  return canonicalJson(state)
}

/** Reads a part's state; throws `FORMAT_INVALID`. */
export function parsePartState(bytes: Uint8Array, name: string): PartState {
  return parseDocument(partStateSchema, bytes, name)
}
