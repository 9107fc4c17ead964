/**
 * Every setting of the app, and the only file that reads `process.env`. `class` says who reads it:
 * `code`, this file; `host`, the Functions host (bindings and schedules name it as `%NAME%`); `local`,
 * only what `npm start` runs.
 */
import { z } from 'zod'
import { datasets } from './datasets/catalogue.ts'
import { scheduleSetting } from './datasets/dataset.ts'
import { ArchiveError } from './errors.ts'
import { enrollmentSchema } from './format/series.ts'
import { viewFormats } from './format/view-names.ts'
import { entraScope, list, origin, secureUrl, whole } from './setting-values.ts'

const settings = {
  ENROLLMENTS: list.pipe(z.array(enrollmentSchema).min(1, 'at least one enrollment, e.g. 100,200')),
  KEY_VAULT_URI: secureUrl,
  EA_KEY_SECRET_NAMES: list
    .pipe(z.array(z.string()).min(1, 'at least one secret name'))
    .default(['ea-reporting-key-{enrollment}', 'ea-reporting-key-{enrollment}-secondary']),
  EA_REPORTING_ENDPOINT: secureUrl.default(new URL('https://consumption.azure.com')),
  ARCHIVE_STORAGE__blobServiceUri: secureUrl,
  ARCHIVE_STORAGE__queueServiceUri: secureUrl,
  VIEW_STORAGE__blobServiceUri: secureUrl.optional(),
  /** Formats of the view. */
  VIEW_FORMATS: list
    .pipe(z.array(z.enum(viewFormats)).min(1, 'csv, parquet or both'))
    .transform((formats) => [...new Set(formats)])
    .default([...viewFormats]),
  /** Account of composed answers; the archive's if unset. */
  DOWNLOAD_STORAGE__blobServiceUri: secureUrl.optional(),
  /** Client id of a user-assigned identity; without it the system-assigned one is used. */
  AZURE_CLIENT_ID: z.string().min(1).optional(),
  SETTLEMENT_DAYS: whole(10, 0, 365),
  RECHECK_DAYS: whole(7, 0, 365),
  FULL_FETCH_DAYS: whole(30, 1, 365),
  SEAL_SKEW_MINUTES: whole(60, 1, 1_440),
  /** Percentage of rows that a series may lose before it is read again to confirm. */
  SHRINK_ALERT: whole(20, 0, 100),
  /**
   * Days for which storage's immutability policy protects a file from its creation on; 0 if there is no
   * policy.
   */
  RETENTION_DAYS: whole(0, 0, 146_000),
  /** Snapshot files that are protected for fewer days are reported. */
  MIN_RETENTION_DAYS: whole(90, 0, 146_000),
  /** Differences between datasets up to this amount, in the bill's currency, count as rounding. */
  RECONCILE_TOLERANCE: z
    .string()
    .regex(/^\d{1,12}(\.\d{1,6})?$/, 'an amount, e.g. 0.01')
    .default('0.01'),
  /** A series is stale if its last check is later than scheduled by this much. */
  STALE_HOURS: whole(36, 1, 1_000),
  PLAN_HOURS: whole(20, 1, 240),
  REQUEUE_AFTER_MINUTES: whole(120, 1, 1_440),
  /** A part's files are closed as a segment after this time; 0 means after every thousand rows. */
  PART_SECONDS: whole(600, 0, 86_400),
  SEGMENT_ROWS: whole(1_000_000, 1_000, 100_000_000),
  PAGE_BYTES: whole(16 * 1024 * 1024, 1_024, 256 * 1024 * 1024),
  SOURCE_CONNECTIONS: whole(32, 1, 512),
  RETRY_TRIES: whole(8, 1, 50),
  RETRY_BASE_MS: whole(500, 1, 60_000),
  RETRY_CAP_MS: whole(30_000, 1, 600_000),
  /** Time until the headers of an answer have arrived. */
  RETRY_HEADERS_SECONDS: whole(120, 1, 1_200),
  /** Time for one try, including a page's body. */
  RETRY_TRY_SECONDS: whole(200, 1, 1_200),
  /** Time for one request: all of its tries, and all delays between them. */
  RETRY_BUDGET_SECONDS: whole(300, 1, 1_200),
  /** Answers over this size are redirects to blobs with exactly that content. */
  REDIRECT_OVER_BYTES: whole(8 * 1024 * 1024, 1_024, 64 * 1024 * 1024),
  /** The same for JSON of the old routes, most of whose clients follow no redirects. */
  REDIRECT_JSON_OVER_BYTES: whole(32 * 1024 * 1024, 1_024, 256 * 1024 * 1024),
  /** Size of an instance's cache of snapshots. */
  SERVE_CACHE_BYTES: whole(32 * 1024 * 1024, 1024 * 1024, 1024 * 1024 * 1024),
  /** How long HTTP caches which snapshot is the newest, and what a key opens. */
  CACHE_TTL_SECONDS: whole(10, 0, 300),
  /** Minimum time between two on-demand fetches of a series. */
  REFRESH_SECONDS: whole(300, 0, 86_400),
  /** Sums and differences over more rows are composed by a worker. */
  WAIT_ROWS: whole(500_000, 0, 100_000_000),
  /** How long a client of the old API, which can't poll, is kept waiting for a file that is being composed. */
  WAIT_SECONDS: whole(45, 0, 200),
  /** Answers that one caller may have composed per hour, on each instance. */
  COMPOSED_PER_HOUR: whole(120, 1, 1_000_000),
  /** How long `health` caches the state of the source's keys. */
  KEY_CHECK_SECONDS: whole(300, 0, 86_400),
  /** Tenant whose tokens are accepted in addition to keys; none if unset. */
  ENTRA_TENANT_ID: z
    .string()
    .regex(/^[A-Za-z0-9.-]{1,128}$/, 'a tenant id')
    .optional(),
  ENTRA_AUTHORITY: secureUrl.default(new URL('https://login.microsoftonline.com')),
  ENTRA_AUDIENCE: list.default([]),
  /** `100`, open to every principal with a role, or `{id}:100`, open to the one with that id. */
  ENTRA_ENROLLMENTS: list.pipe(z.array(entraScope)).default([]),
  /** Origins of web pages that may read answers; `*` allows every origin. */
  CORS_ORIGINS: list.pipe(z.array(origin)).default([]),
  /** `debug` adds a line for every request to a source. */
  LOG_LEVEL: z.enum(['debug', 'info'], 'debug or info').default('info'),
  /** The day that decides what is due, `yyyy-MM-dd`; today (UTC) if unset. */
  BUSINESS_DAY: z.iso.date('a day as yyyy-MM-dd').optional(),
} as const

/**
 * The app ends an invocation itself after this many seconds, so that it can record a reason: less than the
 * functionTimeout in host.json.
 */
export const INVOCATION_SECONDS = 1_500

/** Each time-out must be longer than those it contains; otherwise the reason for a failure is lost. */
const nested = (name: string, message: string) => ({ path: [name], message, params: { nested } })

const schema = z
  .object(settings)
  .refine(
    (all) => all.RETRY_HEADERS_SECONDS < all.RETRY_TRY_SECONDS,
    nested('RETRY_HEADERS_SECONDS', 'less than RETRY_TRY_SECONDS'),
  )
  .refine(
    (all) => all.RETRY_TRY_SECONDS <= all.RETRY_BUDGET_SECONDS,
    nested('RETRY_TRY_SECONDS', 'no more than RETRY_BUDGET_SECONDS'),
  )
  .refine(
    (all) => all.PART_SECONDS + all.RETRY_BUDGET_SECONDS < INVOCATION_SECONDS,
    nested(
      'PART_SECONDS',
      `together with RETRY_BUDGET_SECONDS less than ${INVOCATION_SECONDS}, the time that a function has`,
    ),
  )
  .refine(
    ({ ENTRA_TENANT_ID, ENTRA_AUDIENCE }) =>
      ENTRA_TENANT_ID === undefined || ENTRA_AUDIENCE.length > 0,
    { path: ['ENTRA_AUDIENCE'], message: 'with ENTRA_TENANT_ID, the audience of its tokens' },
  )

/** The settings as the program uses them. */
export type Config = z.infer<typeof schema>

/** The setting that says where the source is, for advice. */
export const SOURCE_ENDPOINT = 'EA_REPORTING_ENDPOINT' satisfies keyof Config

/** Settings that `config.ts` reads, by name. */
export const codeSettings: readonly string[] = Object.keys(settings)

/** Settings that the Functions host, or the process that it starts for the app, reads, by name. */
export const hostSettings: readonly string[] = [
  ...datasets.map(scheduleSetting),
  'SWEEP_SCHEDULE',
  'LEDGER_SCHEDULE',
  'VERIFY_SCHEDULE',
  'STATUS_SCHEDULE',
  'RECONCILE_SCHEDULE',
  'AzureWebJobsDisableHomepage',
  'languageWorkers__node__arguments',
  'MALLOC_ARENA_MAX',
  'MALLOC_MMAP_THRESHOLD_',
]

/**
 * Reads the settings once. Throws `BAD_SETTINGS` with every fault, each by its name. An empty value means
 * unset.
 */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const given = Object.fromEntries(
    Object.keys(settings).flatMap((name) => {
      const value = env[name]?.trim()
      return value === undefined || value === '' ? [] : [[name, value]]
    }),
  )
  const result = schema.safeParse(given)
  if (result.success) return result.data
  const faults = result.error.issues.map((issue) => {
    const name = String(issue.path[0])
    // While one setting is missing, another may still be invalid.
    const isNested = issue.code === 'custom' && issue.params?.['nested'] === nested
    const isUnset = given[name] === undefined && !isNested
    const why = isUnset ? 'is not set' : `is wrong: expected ${issue.message}`
    return `  ${name} ${why}`
  })
  throw new ArchiveError(
    'BAD_SETTINGS',
    `invalid settings (docs/settings.md lists them all):\n${[...new Set(faults)].join('\n')}`,
  )
}

/** Settings that only some commands need, with the value used when they are unset. */
const DISPENSABLE = {
  ENROLLMENTS: 'none',
  KEY_VAULT_URI: 'https://unset.invalid',
} as const
export type DispensableSetting = keyof typeof DISPENSABLE

/**
 * Reads the settings of a program that only needs an archive's storage. `unset` lists required settings that
 * are missing; without them there are no enrollments, and the vault's URL is a placeholder. The queue is in
 * the same account unless set.
 */
export function readArchiveConfig(env: NodeJS.ProcessEnv = process.env): {
  readonly config: Config
  readonly unset: readonly DispensableSetting[]
} {
  const names = Object.keys(DISPENSABLE) as DispensableSetting[]
  const unset = names.filter((name) => (env[name]?.trim() ?? '') === '')
  const standIns = Object.fromEntries(unset.map((name) => [name, DISPENSABLE[name]]))
  const blobs = env['ARCHIVE_STORAGE__blobServiceUri'] ?? ''
  const queues = env['ARCHIVE_STORAGE__queueServiceUri'] || blobs.replace('.blob.', '.queue.')
  const config = readConfig({ ...env, ...standIns, ARCHIVE_STORAGE__queueServiceUri: queues })
  return { config: unset.includes('ENROLLMENTS') ? { ...config, ENROLLMENTS: [] } : config, unset }
}
