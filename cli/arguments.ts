/**
 * Parsers for command line arguments, run before any request is made. No library: every start loads this
 * file.
 */
import { InvalidArgumentError } from 'commander'
import { datasets } from '../shared/datasets/catalogue.ts'
import type { DatasetName } from '../shared/datasets/dataset.ts'
import { ArchiveError } from '../shared/errors.ts'
import { ALL_PERIODS, BILLING_PERIOD, ENROLLMENT } from '../shared/format/patterns.ts'
import type { Series } from '../shared/format/series.ts'

/** Parses an argument; if `read` returns null, the argument is rejected with what was expected. */
function checked<T>(read: (text: string) => T | null, expected: string) {
  return (text: string): T => {
    const value = read(text)
    if (value !== null) return value
    throw new InvalidArgumentError(`Expected ${expected}.`)
  }
}

const like =
  (pattern: RegExp) =>
  (text: string): string | null =>
    pattern.test(text) ? text : null

export const datasetNames = datasets.map(({ name }) => name)

export const datasetArgument = checked<DatasetName>(
  (text) => datasetNames.find((name) => name === text.toLowerCase()) ?? null,
  `one of ${datasetNames.join(', ')}`,
)
export const enrollmentArgument = checked(like(ENROLLMENT), 'an enrollment number, e.g. 100')
export const monthArgument = checked(
  like(BILLING_PERIOD),
  'a billing period as yyyyMM, e.g. 201704',
)
export const periodArgument = (text: string): string =>
  text === ALL_PERIODS ? text : monthArgument(text)
export const numberArgument = checked(
  (text) => (/^[1-9]\d{0,8}$/.test(text) ? Number(text) : null),
  'a snapshot number, starting at 1',
)
export const limitArgument = checked(
  (text) => (text === 'all' ? Infinity : /^[1-9]\d{0,8}$/.test(text) ? Number(text) : null),
  'a number of rows, or all',
)
export const timeArgument = checked(timeOf, 'a time, e.g. 2026-11-24 or 2026-11-24T12:00:00Z')
export const hashArgument = checked(
  (text) => like(/^[0-9a-f]{64}$/)(text.toLowerCase()),
  'a SHA-256 in 64 hex digits, as "ledger" prints it',
)
export const digestArgument = checked(
  like(/^[0-9a-f]{6,64}$/),
  'the first six or more hex digits of a digest, as "keys list" shows it',
)
export const sourceArgument = checked(like(/^[a-z][a-z-]{1,40}$/), 'the name of a source')
export const nameArgument = checked(like(/^[^\n]{1,100}$/), 'a name of 1 to 100 characters')
export const columnsArgument = checked((text) => {
  const columns = text.split(',').map((name) => name.trim())
  return columns.every((name) => name !== '') ? columns : null
}, 'columns, e.g. date,meterName,cost')

export const folderArgument = checked(like(/\S/), 'the name of a folder')

/** Collects repeated `--where` conditions. */
export function conditionArgument(text: string, before: readonly string[] = []): string[] {
  return [...before, text]
}

export function enrollmentsArgument(text: string): string[] {
  return text.split(',').map((item) => enrollmentArgument(item.trim()))
}

/**
 * Requires https, except for an account on this machine. The bare name of a storage account or vault means
 * its URL in Azure.
 */
function azureArgument(suffix: string, example: string) {
  return checked((text) => {
    if (/^[a-z0-9-]{3,24}$/i.test(text)) return `https://${text.toLowerCase()}.${suffix}`
    const url = URL.parse(text)
    const isLocal = ['127.0.0.1', 'localhost'].includes(url?.hostname ?? '')
    const isFit = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLocal)
    return isFit ? text.replace(/\/+$/, '') : null
  }, example)
}

export const accountArgument = azureArgument(
  'blob.core.windows.net',
  'a storage account, e.g. https://mybilling.blob.core.windows.net or mybilling',
)
export const vaultArgument = azureArgument(
  'vault.azure.net',
  'a Key Vault, e.g. https://myvault.vault.azure.net or myvault',
)
export const urlArgument = azureArgument(
  'azurewebsites.net',
  'the URL of an archive, e.g. https://mybilling.azurewebsites.net or mybilling',
)

const DAY_MS = 86_400_000
const MAX_DAYS = 36_500

/** A key that never expires. */
export const NEVER = 'never'

/** When a key expires, from `180d`, a time or `never`: a time, or {@link NEVER}. */
export function expiryArgument(text: string): string {
  if (text === NEVER) return NEVER
  const days = Number(/^(\d{1,5})d$/.exec(text)?.[1])
  if (days >= 1 && days <= MAX_DAYS) return new Date(Date.now() + days * DAY_MS).toISOString()
  const time = timeOf(text)
  if (time !== null && time > new Date().toISOString()) return time
  throw new InvalidArgumentError('Expected e.g. 180d, a future time, or never.')
}

/** A time with its zone, or an existing day; the platform would read 31 February as 3 March. */
function timeOf(text: string): string | null {
  const match =
    /^(\d{4}-\d{2}-\d{2})(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2}))?$/.exec(
      text,
    )
  const day = new Date(`${match?.[1]}T00:00:00Z`)
  const time = new Date(text)
  if (match === null || Number.isNaN(day.getTime()) || Number.isNaN(time.getTime())) return null
  return day.toISOString().startsWith(match[1] as string) ? time.toISOString() : null
}

/** One series as a command line names it: `202611`, or `100 202611`. */
export interface NamedSeries {
  readonly dataset: DatasetName
  /** Absent if the archive has only one. */
  readonly enrollment?: string
  readonly billingPeriod: string
}

/** Parses `words`: the period, after the enrollment unless a flag names it. Throws `BAD_REQUEST`. */
export function namedSeries(
  dataset: string,
  words: readonly string[],
  flag: string | undefined,
): NamedSeries {
  const [first = '', second, ...more] = words
  if (more.length > 0 || (second !== undefined && flag !== undefined)) {
    throw new ArchiveError(
      'BAD_REQUEST',
      `expected <dataset> [enrollment] <period>, not ${[dataset, ...words].join(' ')}`,
    )
  }
  const enrollment = second === undefined ? flag : refused(enrollmentArgument, first)
  return {
    dataset: datasetArgument(dataset),
    ...(enrollment === undefined ? {} : { enrollment }),
    billingPeriod: refused(periodArgument, second ?? first),
  }
}

/** Commander validates the arguments of a list too early, when it can't know which is which. */
function refused(read: (text: string) => string, text: string): string {
  try {
    return read(text)
  } catch (error) {
    throw new ArchiveError('BAD_REQUEST', `${text}: ${(error as Error).message}`)
  }
}

/** Which series a command covers; the whole archive by default. */
export interface Filter {
  readonly dataset?: DatasetName
  readonly enrollment?: string
  readonly period?: string
}

export function matches({ dataset, enrollment, period }: Filter): (series: Series) => boolean {
  return (series) =>
    (dataset === undefined || series.dataset === dataset) &&
    (enrollment === undefined || series.enrollment === enrollment) &&
    (period === undefined || series.billingPeriod === period)
}

/** Throws `BAD_REQUEST` if a snapshot is named both by number and by time. */
export function checkOneName(named: { readonly number?: number; readonly asOf?: string }): void {
  if (named.number === undefined || named.asOf === undefined) return
  throw new ArchiveError('BAD_REQUEST', 'name the snapshot with --number or with --as-of, not both')
}
