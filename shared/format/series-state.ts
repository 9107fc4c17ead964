import { z } from 'zod'
import { canonicalJson, parseDocument } from './canonical-json.ts'
import { keeping } from './kept-fields.ts'
import { previousSchema } from './manifest.ts'
import { partProgressSchema } from './part-progress.ts'
import { receiptSchema } from './part-record.ts'
import { idSchema, partKeySchema, seriesSchema } from './series.ts'

export const STATE_FORMAT = 'billing-archive-state/1'

/** How many outcomes a series' state keeps. */
const REMEMBERED_OUTCOMES = 20

const time = z.iso.datetime({ precision: 3 })
const receipts = z.record(partKeySchema, receiptSchema)

const failureSchema = keeping({
  code: z.string(),
  message: z.string(),
  /** When it first and last failed since the last success. */
  since: time,
  at: time,
})
export type Failure = z.infer<typeof failureSchema>

/**
 * The series has shrunk: it is sealed only if an unconditional fetch an hour later finds the rows missing
 * too.
 */
const shrunkSchema = keeping({
  contentSha256: z.string(),
  rowCount: z.int().nonnegative(),
  /** Rows of the newest snapshot. */
  was: z.int().nonnegative(),
  since: time,
})

/**
 * A request for fresher data than the open plan began with: when that plan closes, the next one is opened
 * with this id. `at`: when it was requested.
 */
const againSchema = keeping({ planId: idSchema, at: time })
export type Again = z.infer<typeof againSchema>

/** The work of a plan that rebuilds CSV and index files from stored JSON, without the source. */
const rebuildSchema = keeping({
  /** The snapshot whose rows they hold: the newest one when the plan was opened. */
  number: z.int().positive(),
  /** When the source last confirmed those rows. */
  checkedAt: time,
})
export type Rebuild = z.infer<typeof rebuildSchema>

/** The work order for one series. */
const planSchema = keeping({
  id: z.string(),
  parts: z.array(partKeySchema).min(1),
  settled: z.boolean(),
  rowsVersion: z.int().positive(),
  apiVersion: z.string(),
  openedAt: time,
  /** Receipts count only if they were checked against the source after this. */
  freshAfter: time,
  /** Past this an open plan is closed as failed. */
  deadline: time,
  /** When all messages of the parts had been queued; null until then. */
  sentAt: time.nullable(),
  shrunk: shrunkSchema.nullable().default(null),
  again: againSchema.optional(),
  /** Absent: the parts are fetched from the source. */
  rebuild: rebuildSchema.optional(),
})
export type Plan = z.infer<typeof planSchema>

const outcomeSchema = keeping({
  planId: z.string(),
  status: z.enum(['sealed', 'unchanged', 'failed']),
  /** The snapshot that it created or found unchanged. */
  number: z.int().positive().nullable(),
  settled: z.boolean(),
  openedAt: time,
  closedAt: time,
  /** That of its plan. */
  rebuild: rebuildSchema.optional(),
  failed: z.array(keeping({ part: partKeySchema, code: z.string(), message: z.string() })),
})
export type Outcome = z.infer<typeof outcomeSchema>

/** When the source last confirmed the data of the outcome. */
export function checkedAtOf({ rebuild, closedAt }: Outcome): string {
  return rebuild?.checkedAt ?? closedAt
}

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
  /** The worker that committed it: two workers may commit in the same second with everything else equal. */
  sealer: z.string(),
  receipts,
  previous: previousSchema.extend({ takenAt: time }).nullable(),
  takenAt: time,
  columns: z.array(z.string()),
  writer: keeping({ name: z.string(), version: z.string() }),
})

/** No plan is in progress. `again`: another one is to be opened. */
const closedSchema = keeping({
  ...common,
  status: z.literal('closed'),
  receipts,
  again: againSchema.optional(),
})

const stateSchema = z.discriminatedUnion('status', [openSchema, sealingSchema, closedSchema])

/** The content of a series' `plan.json`: at most one plan is open per series. */
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

/** The fields of every state, whatever its status. */
export type Carried = Pick<SeriesState, keyof typeof common>

/** Fields that belong to one status and end with it. */
const OF_STATUS: ReadonlySet<string> = new Set(
  [openSchema, sealingSchema, closedSchema].flatMap(({ shape }) =>
    Object.keys(shape).filter((name) => !Object.hasOwn(common, name)),
  ),
)

/** The fields that carry over to the next status, including unknown ones. */
export function carriedOf(state: SeriesState): Carried {
  const entries = Object.entries(state).filter(([name]) => !OF_STATUS.has(name))
  return Object.fromEntries(entries) as Carried
}

/** `outcomes` with `outcome` in front and the oldest dropped. */
export function remember(outcomes: readonly Outcome[], outcome: Outcome): Outcome[] {
  return [outcome, ...outcomes].slice(0, REMEMBERED_OUTCOMES)
}

const partStateSchema = keeping({
  format: z.literal(STATE_FORMAT),
  receipt: receiptSchema.nullable(),
  failure: failureSchema.nullable(),
  /** When the part was last queued again, or, with a delay, when its message may be seen; null if never. */
  sentAt: time.nullable(),
  /** When a program that is too old for the plan last left its message to a newer one. */
  leftAt: time.optional(),
  /** The progress of a part that takes several messages: archived in segments, or prepared by its source. */
  progress: partProgressSchema.nullable().default(null),
})

/** The state of one part of a plan. */
export type PartState = z.infer<typeof partStateSchema>

/** A part's state with `changes` applied; all other fields, known or not, are kept. */
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
