/** Schemas of the archive's own API's answers, from which its description is generated. */
import { z } from 'zod'
import { manifestSchema, previousSchema } from '../../format/manifest.ts'
import { fileRecordSchema, partRecordSchema } from '../../format/part-record.ts'
import { dataset, decimalsForm, enrollment, format } from './parameters.ts'
import { count, decimals, hex64, link, number, source, text, time } from './schema-values.ts'
import { stateSchemas } from './state-schemas.ts'

/** Errors (RFC 9457). */
export const problem = z
  .object({ type: text, title: text, status: z.int(), code: text })
  .meta({ id: 'Problem' })

const enrollmentLink = z.object({ enrollment, periods: link }).meta({ id: 'Enrollment' })

export const enrollments = z
  .object({ enrollments: z.array(enrollmentLink) })
  .meta({ id: 'Enrollments' })

const archivedDataset = z
  .object({ dataset, snapshots: link, rows: link })
  .meta({ id: 'ArchivedDataset' })

const period = z
  .object({
    billingPeriod: text,
    firstDay: z.iso.date().nullable(),
    lastDay: z.iso.date().nullable(),
    datasets: z.array(archivedDataset),
  })
  .meta({ id: 'Period' })

export const periods = z.object({ enrollment, periods: z.array(period) }).meta({ id: 'Periods' })

const { rowCount, contentSha256, settled, takenAt } = manifestSchema.shape

export const snapshotSummary = z
  .object({
    number,
    takenAt,
    settled,
    rowCount,
    totals: decimals,
    contentSha256,
    sha256: hex64.meta({
      description: 'SHA-256 of the manifest, as the next snapshot and the ledgers record it',
    }),
    manifest: link,
    rows: link,
  })
  .meta({ id: 'SnapshotSummary' })

export const snapshots = z
  .object({
    source,
    dataset,
    enrollment,
    billingPeriod: text,
    snapshots: z.array(snapshotSummary),
    next: link.nullable(),
  })
  .meta({ id: 'Snapshots' })

export const manifest = manifestSchema.meta({ id: 'Manifest' })

const row = z.record(z.string(), z.unknown()).meta({
  id: 'Row',
  description: 'A row as the source sent it, or with the columns of `select`',
})

export const rows = z
  .object({
    source,
    dataset,
    enrollment,
    billingPeriod: text,
    number,
    takenAt,
    settled,
    rows: z.array(row),
    next: link.nullable().meta({ description: 'The next page, of the same snapshot' }),
  })
  .meta({ id: 'Rows' })

export const rowArray = z
  .array(row)
  .meta({ id: 'RowArray', description: 'All rows, as returned for `limit=all`' })

const side = z.object({ number, rows: count }).meta({ id: 'SnapshotSize' })

const totalChange = z
  .object({ column: text, from: text, to: text, difference: text })
  .meta({ id: 'TotalChange' })

const changeKind = z.enum(['added', 'removed']).meta({ id: 'ChangeKind' })
const rowChange = z.object({ kind: changeKind, row }).meta({ id: 'RowChange' })

export const diff = z
  .object({
    from: side,
    to: side,
    added: count,
    removed: count,
    totals: z.array(totalChange),
    changes: z.array(rowChange).optional(),
  })
  .meta({ id: 'Diff' })

const sums = {
  rows: count,
  totals: decimals,
  leftOut: z.record(z.string(), count).optional().meta({
    description:
      'Number of values left out of the totals, by column, because they are not numbers or too long',
  }),
}

const summed = z
  .object({ source, billingPeriod: text, number, takenAt })
  .meta({ id: 'SummedSnapshot' })
const group = z
  .object({ key: z.record(z.string(), z.string()), ...sums })
  .meta({ id: 'TotalsGroup' })

export const totals = z
  .object({ snapshots: z.array(summed), groups: z.array(group), ...sums })
  .meta({ id: 'Totals' })

const refreshStatus = z
  .enum(['running', 'sealed', 'unchanged', 'failed'])
  .meta({ id: 'RefreshStatus' })
const progress = z.object({ done: count, of: count }).meta({ id: 'Progress' })
const partFailure = z.object({ part: text, code: text, message: text }).meta({ id: 'PartFailure' })

export const refresh = z
  .object({
    id: text,
    source,
    dataset,
    enrollment,
    billingPeriod: text,
    status: refreshStatus,
    openedAt: time,
    closedAt: time.nullable(),
    parts: progress.nullable(),
    number: z
      .int()
      .nullable()
      .meta({ description: 'The snapshot that it created or found unchanged' }),
    failed: z.array(partFailure),
    url: link,
  })
  .meta({ id: 'Refresh' })

const downloadKind = z.enum(['rows', 'totals', 'diff']).meta({ id: 'DownloadKind' })
const downloadStatus = z
  .enum(['queued', 'running', 'completed', 'empty', 'failed'])
  .meta({ id: 'DownloadStatus' })
const failure = z.object({ code: text, message: text }).meta({ id: 'Failure' })

export const downloadable = z
  .object({
    id: hex64,
    kind: downloadKind,
    status: downloadStatus,
    requestedAt: time,
    rows: z.int().nullable(),
    bytes: z.int().nullable(),
    sha256: hex64.nullable(),
    failure: failure.nullable(),
    url: link,
    file: link.nullable().meta({
      description:
        'URL of the file once it exists; redirects to storage unless the file has no rows',
    }),
  })
  .meta({ id: 'Download' })

/** Every named schema of the description, by name. */
export const named: ReadonlyMap<string, z.ZodType> = new Map<string, z.ZodType>([
  ...[problem, enrollments, enrollmentLink, periods, period, archivedDataset, dataset].map(byId),
  ...[snapshots, snapshotSummary, manifest, rows, row, rowArray, diff, side].map(byId),
  ...[totalChange, rowChange, changeKind, totals, summed, group, refresh].map(byId),
  ...[refreshStatus, progress, partFailure, downloadable, downloadKind, downloadStatus].map(byId),
  ...[failure, format, decimalsForm, ...stateSchemas].map(byId),
  // Parts of the manifest, whose schemas belong to the archive format.
  ['Part', partRecordSchema],
  ['PartFile', fileRecordSchema],
  ['FileFormat', fileRecordSchema.shape.format],
  ['Source', manifestSchema.shape.source],
  ['PreviousSnapshot', previousSchema],
  ['Writer', manifestSchema.shape.writer],
])

/** The name of a schema in the description. */
export function nameOf(schema: z.ZodType): string {
  const id = schema.meta()?.id
  if (id === undefined) throw new Error('the schema of a response needs an id')
  return id
}

function byId(schema: z.ZodType): [string, z.ZodType] {
  return [nameOf(schema), schema]
}
