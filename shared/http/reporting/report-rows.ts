/** The rows and fields of a report, and what is known of them before they are read. */
import type { Allowance } from '../../access/quota.ts'
import { DOWNLOAD_FORMAT, type RowsDownload } from '../../format/download-request.ts'
import { type Segment, segmentsOfParts } from '../../format/part-record.ts'
import type { RowSelector } from '../../rows/select/row-selector.ts'
import { pinsOf } from '../../usecases/downloads/pinned-snapshots.ts'
import { selectorFor } from '../../usecases/downloads/rows-file.ts'
import type { Snapshot } from '../../usecases/read/read-snapshots.ts'
import type { Position } from '../../usecases/read/serve-rows.ts'
import { unnamedSource } from '../../usecases/resolve-series.ts'
import type { HttpDeps } from '../http-deps.ts'
import { contractOf, reportFields } from './contract.ts'
import type { ReportRequest, ReportScope } from './report-routes.ts'

/** A report, with the snapshots that answer it. */
export interface Report {
  readonly asked: Extract<ReportRequest, ReportScope>
  readonly url: URL
  readonly snapshots: readonly Snapshot[]
  /** Where its page begins; null for the first one. */
  readonly position: Position | null
  /** True if the caller's link names the snapshots. */
  readonly isPinned: boolean
  /** The caller's remaining allowance for composed answers. */
  readonly allowance: Allowance
}

/** The formats of a report. */
export type ReportFormat = 'json' | 'report-csv'

/** The download that a worker has to compose for a report. */
export function downloadOf(
  deps: HttpDeps,
  asked: Report['asked'],
  snapshots: readonly Snapshot[],
  as: ReportFormat,
): RowsDownload {
  // A report of days that no period covers has no snapshot.
  const source =
    snapshots[0]?.manifest.source.kind ?? unnamedSource(deps.archive.sources, asked.dataset.name)
  return {
    format: DOWNLOAD_FORMAT,
    kind: 'rows',
    source,
    enrollment: asked.enrollment,
    snapshots: pinsOf(snapshots, source),
    ...selectionOf(asked, as),
  }
}

/** Selects the report's rows from its snapshots. */
export function selectorOf({ asked }: Pick<Report, 'asked'>, as: ReportFormat): RowSelector {
  return selectorFor(selectionOf(asked, as), reportFields)
}

function selectionOf(
  { dataset, version, dates, decimals }: Report['asked'],
  as: ReportFormat,
): Parameters<typeof selectorFor>[0] {
  const isLatest = version === 'v3'
  const { v3Fields, earlierNames } = contractOf(dataset)
  return {
    dataset: dataset.name,
    rowsVersion: dataset.rowsVersion,
    as,
    dates,
    where: [],
    // What v1 and v2 leave out, and spell otherwise.
    dropFields: isLatest ? [] : [...v3Fields],
    rename: isLatest ? {} : { ...earlierNames },
    // CSV has all digits anyway.
    ...(decimals === undefined || as === 'report-csv' ? {} : { decimals }),
    select: null,
  }
}

/**
 * True if the answer may be small enough to read the rows and find out. For usage dates, only matching blocks
 * are read, and no more than fit into a small answer. JSON repeats every key in every row, so it is larger
 * than the CSV.
 */
export function mayBeSmall({ asked, snapshots }: Report, limit: number): boolean {
  const csvBytes = segmentsIn(snapshots).reduce((sum, { csv }) => sum + csv.bytes, 0)
  return asked.dates !== null || csvBytes <= limit
}

/** The one segment whose JSON file equals the whole report, byte for byte; null if there is none. */
export function wholeSegment({ asked, snapshots }: Report): Segment | null {
  const { dataset, version, dates, decimals } = asked
  const isEveryField = version === 'v3' || contractOf(dataset).v3Fields.length === 0
  const isAsArchived = dataset.perPeriod && dates === null && decimals === undefined && isEveryField
  const segments = isAsArchived ? segmentsIn(snapshots) : []
  return segments.length === 1 ? (segments[0] ?? null) : null
}

function segmentsIn(snapshots: readonly Snapshot[]): Segment[] {
  return snapshots.flatMap(({ manifest }) => segmentsOfParts(manifest.parts))
}
