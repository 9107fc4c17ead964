import type { TokenCredential } from '@azure/identity'
import { BlobServiceClient } from '@azure/storage-blob'
import { datasets } from '../shared/datasets/catalogue.ts'
import { describeError } from '../shared/errors.ts'
import { containers } from '../shared/format/layout.ts'
import type { Manifest } from '../shared/format/manifest.ts'
import { seriesLabel } from '../shared/format/series.ts'
import { sourceCatalogue } from '../shared/sources/catalogue.ts'
import { blobReader } from '../shared/storage/blob-reader.ts'
import { listSeries } from '../shared/usecases/read/list-series.ts'
import { newestSnapshot } from '../shared/usecases/read/read-snapshots.ts'
import type { ArchiveStatus } from '../shared/usecases/status/archive-status.ts'
import type { Progress } from './progress.ts'

/** The newest snapshot of one series, and whether this run made it. */
export interface SnapshotLine {
  readonly dataset: string
  readonly enrollment: string
  readonly billingPeriod: string
  readonly number: number
  readonly settled: boolean
  readonly rows: number
  readonly totals: Readonly<Record<string, string>>
  readonly jsonBytes: number
  readonly csvBytes: number
  readonly isNew: boolean
}

/** The output of `--json`. */
export interface RunResult {
  readonly url: string
  readonly key: string
  readonly blobUrl: string
  readonly snapshots: readonly SnapshotLine[]
  readonly parts: { checked: number; unchanged: number; written: number; failed: number }
  readonly upstreamRequests: number
  readonly failed: readonly {
    dataset: string
    enrollment: string
    billingPeriod: string
    part: string
    code: string
    message: string
  }[]
  /** Series that lost many rows: they are fetched again before the loss is accepted. */
  readonly waiting: readonly {
    dataset: string
    enrollment: string
    billingPeriod: string
    was: number
    rows: number
  }[]
  /** What is unreadable in the archive, in words; the rest is still reported. */
  readonly unreadable: readonly string[]
}

/** Reads the results of a run from the archive. */
export async function readResult(
  at: { url: string; key: string; blobUrl: string; enrollments: readonly string[] },
  credential: TokenCredential,
  progress: Progress,
): Promise<RunResult> {
  const service = new BlobServiceClient(at.blobUrl, credential)
  const snapshots = blobReader(service.getContainerClient(containers.snapshots))
  const lines: SnapshotLine[] = []
  const unreadable: string[] = []
  for await (const series of listSeries(snapshots, sourceCatalogue)) {
    if (!at.enrollments.includes(series.enrollment)) continue
    try {
      const newest = await newestSnapshot(snapshots, series)
      if (newest === null) continue
      lines.push(lineOf(newest.manifest, progress.isNew(series, newest.manifest.number)))
    } catch (error) {
      unreadable.push(`${seriesLabel(series)}: ${describeError(error).message}`)
    }
  }
  const health = await askHealth(at)
  if (typeof health === 'string') unreadable.push(health)
  const known = typeof health === 'string' ? [] : health.series
  const failed = known.flatMap((series) => {
    const { dataset, enrollment, billingPeriod } = series
    return series.failed.map(({ part, code, message }) => {
      return { dataset, enrollment, billingPeriod, part, code, message }
    })
  })
  const waiting = known.flatMap(({ dataset, enrollment, billingPeriod, shrunk }) => {
    if (shrunk === null) return []
    return [{ dataset, enrollment, billingPeriod, was: shrunk.was, rows: shrunk.rows }]
  })
  const { checked, unchanged, written, requests } = progress.counts()
  return {
    url: at.url,
    key: at.key,
    blobUrl: at.blobUrl,
    snapshots: lines.sort(byDatasetThenNewest),
    parts: { checked, unchanged, written, failed: failed.length },
    upstreamRequests: requests,
    failed,
    waiting,
    unreadable,
  }
}

/** The app's own status of its series, or the reason why it is unavailable. */
async function askHealth(at: { url: string; key: string }): Promise<ArchiveStatus | string> {
  const { url, key } = at
  const response = await fetch(`${url}/archive/health`, {
    headers: { authorization: `bearer ${key}` },
  })
  if (!response.ok) return `the archive's health is unavailable: status ${response.status}`
  return (await response.json()) as ArchiveStatus
}

function lineOf(manifest: Manifest, isNew: boolean): SnapshotLine {
  const bytes = (format: string): number =>
    manifest.parts
      .flatMap((part) => part.files)
      .filter((file) => file.format === format)
      .reduce((sum, file) => sum + file.bytes, 0)
  return {
    dataset: manifest.dataset,
    enrollment: manifest.enrollment,
    billingPeriod: manifest.billingPeriod,
    number: manifest.number,
    settled: manifest.settled,
    rows: manifest.rowCount,
    totals: manifest.totals,
    jsonBytes: bytes('json'),
    csvBytes: bytes('csv'),
    isNew,
  }
}

function byDatasetThenNewest(a: SnapshotLine, b: SnapshotLine): number {
  const order = (line: SnapshotLine): number =>
    datasets.findIndex((dataset) => dataset.name === line.dataset)
  if (a.dataset !== b.dataset) return order(a) - order(b)
  if (a.enrollment !== b.enrollment) return a.enrollment < b.enrollment ? -1 : 1
  return a.billingPeriod > b.billingPeriod ? -1 : 1
}
