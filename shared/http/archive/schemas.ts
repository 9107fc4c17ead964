/** What the archive's own API gives, as schemas: the description of the API is made from them. */
import { z } from 'zod'
import { manifestSchema } from '../../snapshots/manifest.ts'
import { dataset, enrollment } from './parameters.ts'

const text = z.string()
const count = z.int().nonnegative()
const time = z.iso.datetime({ precision: 3 })
const hex64 = z.string().regex(/^[0-9a-f]{64}$/)
const link = z.url()
const decimals = z
  .record(z.string(), z.string())
  .meta({ description: 'Exact decimal sums by column, in plain notation' })

/** Errors, as RFC 9457 has them. */
export const problem = z
  .object({ type: text, title: text, status: z.int(), code: text })
  .meta({ id: 'Problem' })

export const enrollments = z
  .object({ enrollments: z.array(z.object({ enrollment, periods: link })) })
  .meta({ id: 'Enrollments' })

export const periods = z
  .object({
    enrollment,
    periods: z.array(
      z.object({
        billingPeriod: text,
        firstDay: z.iso.date().nullable(),
        lastDay: z.iso.date().nullable(),
        datasets: z.array(z.object({ dataset, snapshots: link, rows: link })),
      }),
    ),
  })
  .meta({ id: 'Periods' })

const { rowCount, contentSha256, settled, takenAt, number } = manifestSchema.shape

export const snapshotSummary = z
  .object({
    number,
    takenAt,
    settled,
    rowCount,
    totals: decimals,
    contentSha256,
    sha256: hex64.meta({
      description: 'Of the manifest, which the next snapshot and ledgers name',
    }),
    manifest: link,
    rows: link,
  })
  .meta({ id: 'SnapshotSummary' })

export const snapshots = z
  .object({
    dataset,
    enrollment,
    billingPeriod: text,
    snapshots: z.array(snapshotSummary),
    next: link.nullable(),
  })
  .meta({ id: 'Snapshots' })

export const manifest = manifestSchema.meta({ id: 'Manifest' })

export const rows = z
  .object({
    dataset,
    enrollment,
    billingPeriod: text,
    number,
    takenAt,
    settled,
    rows: z
      .array(z.record(z.string(), z.unknown()))
      .meta({ description: 'Rows as the source sent them, or with the columns of `select`' }),
    next: link.nullable().meta({ description: 'The next page, of the same snapshot' }),
  })
  .meta({ id: 'Rows' })

export const rowArray = z
  .array(z.record(z.string(), z.unknown()))
  .meta({ id: 'RowArray', description: 'Every row' })

export const rowsOrAll = z
  .union([rows, rowArray])
  .meta({ id: 'RowsOrAll', description: 'A page; with limit=all every row in one array' })

const side = z.object({ number, rows: count })

export const diff = z
  .object({
    from: side,
    to: side,
    added: count,
    removed: count,
    totals: z.array(z.object({ column: text, from: text, to: text, difference: text })),
    changes: z
      .array(
        z.object({ kind: z.enum(['added', 'removed']), row: z.record(z.string(), z.unknown()) }),
      )
      .optional(),
  })
  .meta({ id: 'Diff' })

const sums = {
  rows: count,
  totals: decimals,
  leftOut: z.record(z.string(), count).optional().meta({
    description: 'How many values are no number, or too long, and stand in no total, by column',
  }),
}

export const totals = z
  .object({
    snapshots: z.array(z.object({ billingPeriod: text, number, takenAt })),
    groups: z.array(z.object({ key: z.record(z.string(), z.string()), ...sums })),
    ...sums,
  })
  .meta({ id: 'Totals' })

const failures = z.array(z.object({ part: text, code: text, message: text }))

export const refresh = z
  .object({
    id: text,
    dataset,
    enrollment,
    billingPeriod: text,
    status: z.enum(['running', 'sealed', 'unchanged', 'failed']),
    openedAt: time,
    closedAt: time.nullable(),
    parts: z.object({ done: count, of: count }).nullable(),
    number: z
      .int()
      .nullable()
      .meta({ description: 'The snapshot that it made or found unchanged' }),
    failed: failures,
    url: link,
  })
  .meta({ id: 'Refresh' })

export const exported = z
  .object({
    id: hex64,
    kind: z.enum(['rows', 'totals', 'diff']),
    status: z.enum(['queued', 'running', 'completed', 'empty', 'failed']),
    requestedAt: time,
    rows: z.int().nullable(),
    bytes: z.int().nullable(),
    sha256: hex64.nullable(),
    failure: z.object({ code: text, message: text }).nullable(),
    url: link,
    file: link.nullable().meta({
      description: 'The answer, once there is one: redirects to its file, if it has rows',
    }),
  })
  .meta({ id: 'Export' })

export const verification = z
  .object({
    ledger: z.object({ number, takenAt: time, sha256: hex64 }).nullable().meta({
      description: 'The newest ledger: kept elsewhere, its digest pins the whole archive',
    }),
    series: z.array(
      z.object({
        dataset,
        enrollment,
        billingPeriod: text,
        at: time,
        snapshots: count,
        files: count,
        leftovers: count,
        faults: z.array(z.object({ code: text, blob: text, message: text, safe: text.nullable() })),
      }),
    ),
  })
  .meta({ id: 'Verification' })

const levels = z.enum(['ok', 'warning', 'error', 'unknown'])

export const health = z
  .object({
    status: z.enum(['ok', 'warning', 'failed']),
    series: z
      .array(
        z.object({
          dataset,
          enrollment,
          billingPeriod: text,
          status: z.enum(['archived', 'unsettled', 'stale', 'missing', 'failed', 'waiting']),
          plan: z.enum(['open', 'sealing', 'closed', 'none']),
          number: z.int().nullable(),
          settled: z.boolean(),
          checkedAt: time.nullable(),
          listed: z.boolean(),
          failed: z.array(
            z.object({ part: text, code: text, message: text, since: time, at: time }),
          ),
          shrunk: z.object({ rows: count, was: count, since: time }).nullable(),
          unknownFields: z.array(text),
          drift: z.array(text),
          verified: z.object({ at: time, faults: count }).nullable(),
        }),
      )
      .optional(),
    keys: z.array(z.looseObject({ enrollment, level: levels, message: text })).optional(),
    reconciliations: z.array(z.looseObject({ billingPeriod: text })).optional(),
  })
  .meta({ id: 'Health' })
