/**
 * Names of containers, queues and blobs: with view-names.ts, the only file that builds or parses a blob name.
 * docs/archive-format.md describes the same tree.
 */
import { ArchiveError } from '../errors.ts'
import {
  billingPeriodSchema,
  checkSeries,
  enrollmentSchema,
  idSchema,
  partKeySchema,
  type Series,
  seriesOrNull,
  sliceKeySchema,
} from './series.ts'

export const containers = {
  /** Parts and manifests: create-only. */
  snapshots: 'billing-snapshots',
  /** The view: replaced as a whole. */
  current: 'billing-current',
  /** Plans, receipts, failures: If-Match. */
  state: 'billing-state',
  /** Composed answers for HTTP: kept for one day. */
  downloads: 'billing-downloads',
  /** Digests of callers' keys. */
  access: 'billing-access',
} as const

/** The queue of parts to archive, and the queue to which the host moves messages that failed too often. */
export const ARCHIVE_QUEUE = 'archive-parts'
export const POISON_QUEUE = 'archive-parts-poison'

/** The queue of answers to compose. */
export const DOWNLOAD_QUEUE = 'archive-downloads'
export const DOWNLOAD_POISON_QUEUE = 'archive-downloads-poison'

/** Digits of a snapshot number in a manifest's name. */
const NUMBER_DIGITS = 6

export type FileExtension = 'json.gz' | 'csv' | 'index.json'

/** The folder of a series, with its slash; the same in every container that is organized by series. */
export function seriesFolder(series: Series): string {
  const { source, dataset, enrollment, billingPeriod } = checkSeries(series)
  return `${source}/${dataset}/enrollment=${enrollment}/period=${billingPeriod}/`
}

/** The series whose folder contains `name`, or null if the name does not fit the grammar. */
export function seriesOf(name: string): Series | null {
  const match = /^([^/]+)\/([^/]+)\/enrollment=([^/]+)\/period=([^/]+)\//.exec(name)
  if (match === null) return null
  const [, source = '', dataset = '', enrollment = '', billingPeriod = ''] = match
  return seriesOrNull({ source, dataset, enrollment, billingPeriod })
}

/** Levels of folders below a source that lead to a series: dataset, enrollment, billing period. */
export const SERIES_DEPTH = 3

/** The folder of a source, with its slash. */
export function sourceFolder(source: string): string {
  return `${source}/`
}

/** `billing-snapshots`: a file of one attempt; `slice`: null unless its part is cut into slices. */
export function partFile(
  series: Series,
  part: string,
  slice: string | null,
  attempt: string,
  extension: FileExtension,
): string {
  const name = slice === null ? checkId(attempt) : `${checkSlice(slice)}-${checkId(attempt)}`
  return `${seriesFolder(series)}parts/${checkPart(part)}/${name}.${extension}`
}

/** `billing-snapshots`: the folder of a series' manifests, with its slash. */
export function manifestFolder(series: Series): string {
  return `${seriesFolder(series)}snapshots/`
}

/** `billing-snapshots`: the manifest of snapshot `number`, from 1 on. */
export function manifestName(series: Series, number: number): string {
  return `${manifestFolder(series)}${String(number).padStart(NUMBER_DIGITS, '0')}.json`
}

/** The snapshot number in a manifest's name; null if it is not a manifest's name. */
export function manifestNumber(name: string): number | null {
  const series = seriesOf(name)
  const digits = /\/snapshots\/(\d{6,})\.json$/.exec(name)?.[1]
  if (series === null || digits === undefined) return null
  return manifestName(series, Number(digits)) === name ? Number(digits) : null
}

/** The slice in the name of a file; ids do not begin like that. */
const SLICE_AND_ATTEMPT = /^(other|\d{4}-\d{2}-\d{2})-(.+)$/

/** The parts of the name of an attempt's file. */
export interface AttemptFile {
  readonly part: string
  /** Null unless its part is cut into slices. */
  readonly slice: string | null
  readonly attempt: string
}

/** `billing-snapshots`: the parts of the name of an attempt's file; null if `name` is not one. */
export function attemptFileOf(name: string): AttemptFile | null {
  const match = /\/parts\/([^/]+)\/([^/.]+)\.(?:json\.gz|csv|index\.json)$/.exec(name)
  const [, part = '', file = ''] = match ?? []
  const [, slice = null, attempt = file] = SLICE_AND_ATTEMPT.exec(file) ?? []
  const isOne = partKeySchema.safeParse(part).success && idSchema.safeParse(attempt).success
  return isOne ? { part, slice, attempt } : null
}

/** `billing-snapshots`: the record of a repair. */
export function repairName(series: Series, id: string): string {
  return `${seriesFolder(series)}repairs/${checkId(id)}.json`
}

/** True if `name` is the name of a repair record. */
export function isRepairName(name: string): boolean {
  const series = seriesOf(name)
  const id = /\/repairs\/([^/.]+)\.json$/.exec(name)?.[1]
  if (series === null || id === undefined || !idSchema.safeParse(id).success) return false
  return repairName(series, id) === name
}

/** `billing-snapshots`: the folder of the ledgers, with its slash. */
export const LEDGER_FOLDER = 'ledger/'

/** `billing-snapshots`: ledger `number`, from 1 on. */
export function ledgerName(number: number): string {
  return `${LEDGER_FOLDER}${String(number).padStart(NUMBER_DIGITS, '0')}.json`
}

/** The number in a ledger's name; null if it is not a ledger's name. */
export function ledgerNumber(name: string): number | null {
  const match = /^ledger\/(\d{6,})\.json$/.exec(name)
  return match !== null && ledgerName(Number(match[1])) === name ? Number(match[1]) : null
}

/** `billing-state`: the result of the last verification of a series. */
export function verificationName(series: Series): string {
  return `verification/${seriesFolder(series)}result.json`
}

/** `billing-state`: faults of the last verification that belong to no series, mainly in ledgers. */
export const ARCHIVE_VERIFICATION = 'verification/archive.json'

/** `billing-state`: the reconciliation of a billing period. */
export function reconciliationName(enrollment: string, billingPeriod: string): string {
  enrollmentSchema.parse(enrollment)
  billingPeriodSchema.parse(billingPeriod)
  return `reconciliation/enrollment=${enrollment}/period=${billingPeriod}.json`
}

/** `billing-state`: the plan of a series. */
export function planName(series: Series): string {
  return `${seriesFolder(series)}plan.json`
}

/** `billing-state`: the folder of a plan's part states, with its slash. */
export function planFolder(series: Series, planId: string): string {
  return `${seriesFolder(series)}plans/${checkId(planId)}/`
}

/** `billing-state`: the state of one part of a plan. */
export function partStateName(series: Series, planId: string, part: string): string {
  return `${planFolder(series, planId)}${checkPart(part)}.json`
}

/** The part key in the name of a part state. */
export function partOfStateName(name: string): string {
  return checkPart(name.slice(name.lastIndexOf('/') + 1, -'.json'.length))
}

/** `billing-downloads`: the request of a composed answer. */
export function downloadRequestName(downloadId: string): string {
  return `${checkDownload(downloadId)}/request.json`
}

/** `billing-downloads`: the status of a composed answer. */
export function downloadStatusName(downloadId: string): string {
  return `${checkDownload(downloadId)}/status.json`
}

/**
 * `billing-downloads`: the file that one attempt composed. Its last segment is the download's id, because tools
 * that download it by its link name their file after that.
 */
export function downloadFile(
  downloadId: string,
  attempt: string,
  extension: 'csv' | 'json' | 'ndjson',
): string {
  return `${checkDownload(downloadId)}/${checkId(attempt)}/${downloadId}.${extension}`
}

/** `billing-snapshots`: the folders of an enrollment's series of one dataset, with its slash. */
export function enrollmentFolder(source: string, dataset: string, enrollment: string): string {
  const series = { source, dataset, enrollment, billingPeriod: 'all' }
  return seriesFolder(series).replace(/period=all\/$/, '')
}

/** `billing-access`: the grant of a caller's key, by the SHA-256 of the key in hex. */
export function grantName(keyDigest: string): string {
  if (!/^[0-9a-f]{64}$/.test(keyDigest)) {
    throw new ArchiveError('FORMAT_INVALID', 'a key digest is 64 hex digits')
  }
  return `keys/${keyDigest}.json`
}

/** The key's digest in a grant's name; null if it is not a grant's name. */
export function grantDigest(name: string): string | null {
  return /^keys\/([0-9a-f]{64})\.json$/.exec(name)?.[1] ?? null
}

function checkPart(part: string): string {
  if (partKeySchema.safeParse(part).success) return part
  throw new ArchiveError('FORMAT_INVALID', `not a part: ${part}`)
}

function checkSlice(slice: string): string {
  if (sliceKeySchema.safeParse(slice).success) return slice
  throw new ArchiveError('FORMAT_INVALID', `not a slice: ${slice}`)
}

function checkDownload(downloadId: string): string {
  if (/^[0-9a-f]{64}$/.test(downloadId)) return downloadId
  throw new ArchiveError('FORMAT_INVALID', "a download's id is 64 hex digits")
}

function checkId(id: string): string {
  if (idSchema.safeParse(id).success) return id
  throw new ArchiveError('FORMAT_INVALID', `not an id: ${id}`)
}
