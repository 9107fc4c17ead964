/** Turns settings into the typed policies that the layers below take. */
import type { Config } from './config.ts'
import type { ServingPolicy } from './http/http-deps.ts'
import type { RetryPolicy } from './sources/http/retry-delay.ts'
import type { Policy } from './usecases/policy.ts'

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** What the use cases take. */
export function policyOf(config: Config): Policy {
  return {
    settlementDays: config.SETTLEMENT_DAYS,
    recheckDays: config.RECHECK_DAYS,
    planMs: config.PLAN_HOURS * HOUR_MS,
    requeueAfterMs: config.REQUEUE_AFTER_MINUTES * MINUTE_MS,
    sealSkewMs: config.SEAL_SKEW_MINUTES * MINUTE_MS,
    shrinkPercent: config.SHRINK_ALERT,
    refreshMs: config.REFRESH_SECONDS * SECOND_MS,
    partMs: config.PART_SECONDS * SECOND_MS,
    segmentRows: config.SEGMENT_ROWS,
    fullFetchMs: config.FULL_FETCH_DAYS * DAY_MS,
    staleMs: config.STALE_HOURS * HOUR_MS,
    retentionDays: config.RETENTION_DAYS,
    minRetentionDays: config.MIN_RETENTION_DAYS,
    reconcileTolerance: config.RECONCILE_TOLERANCE,
    viewFormats: config.VIEW_FORMATS,
    answers: { answersFrom: {}, supersedes: [] },
  }
}

/** What HTTP takes. */
export function servingPolicyOf(config: Config): ServingPolicy {
  return {
    redirectOverBytes: config.REDIRECT_OVER_BYTES,
    redirectJsonOverBytes: config.REDIRECT_JSON_OVER_BYTES,
    waitRows: config.WAIT_ROWS,
    waitMs: config.WAIT_SECONDS * SECOND_MS,
    corsOrigins: config.CORS_ORIGINS,
  }
}

/** What requests to a source take. */
export function retryPolicyOf(config: Config): RetryPolicy {
  return {
    tries: config.RETRY_TRIES,
    baseMs: config.RETRY_BASE_MS,
    capMs: config.RETRY_CAP_MS,
    tryMs: config.RETRY_TRY_SECONDS * SECOND_MS,
    budgetMs: config.RETRY_BUDGET_SECONDS * SECOND_MS,
  }
}
