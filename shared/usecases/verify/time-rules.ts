/**
 * Compares the times in a manifest with each other and with storage's creation times of its blobs. All of
 * them come from storage's clock, so a host's clock does not matter.
 */
import type { Manifest } from '../../format/manifest.ts'
import type { PartRecord } from '../../format/part-record.ts'
import type { Policy } from '../policy.ts'
import { isRebuiltFrom, rebuiltSegments } from './rebuilt.ts'

/** The servers of one storage account may differ by seconds, and `Date` headers have no fractions. */
export const TOLERANCE_MS = 60_000

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

/**
 * The longest time that a plan may be open under any settings, and so the longest time between a check and
 * its seal.
 */
const LONGEST_PLAN_MS = 10 * DAY_MS

/** The default. If a shorter time was set later, older snapshots are still correct. */
const USUAL_SKEW_MS = 60 * MINUTE_MS
const USUAL_FETCH_MS = 30 * DAY_MS

export type TimePolicy = Pick<Policy, 'sealSkewMs' | 'fullFetchMs'>

/** Creation times of blobs, from storage. */
export interface Created {
  /** Storage's clock now. */
  readonly now: Date
  /** When the blob of this name was created; undefined if it does not exist. */
  readonly at: (name: string) => Date | undefined
  /** The blobs were copied or restored, so they are newer than their contents. */
  readonly isCopy: boolean
}

/**
 * Every contradiction in the times of the manifest called `name`, in words. `before`: the snapshot before, or
 * null if there is none or it is unreadable.
 */
export function timeContradictions(
  name: string,
  manifest: Manifest,
  before: Manifest | null,
  created: Created,
  policy: TimePolicy,
): string[] {
  const { takenAt, parts } = manifest
  const taken = Date.parse(takenAt)
  const wrong: string[] = []
  const made = created.at(name) ?? created.now
  const latest = Math.min(made.getTime(), created.now.getTime())
  if (taken > latest + TOLERANCE_MS) {
    wrong.push(`it says ${takenAt}, but storage already had its file at ${made.toISOString()}`)
  }
  const checks = parts.map((part) => Date.parse(part.checkedAt))
  const [first, last] = [Math.min(...checks), Math.max(...checks)]
  const skew = Math.max(policy.sealSkewMs, USUAL_SKEW_MS)
  if (last - first > skew) {
    wrong.push(
      `its parts were checked more than SEAL_SKEW_MINUTES (${skew / MINUTE_MS}) apart: verify with the setting of that time`,
    )
  }
  // If the snapshot before is unreadable, which is already reported, this one may have been rebuilt from it.
  const isKnown = before !== null || manifest.number === 1
  const isRebuild = before !== null && isRebuiltFrom(before, manifest)
  if (isKnown && !isRebuild && taken - first > LONGEST_PLAN_MS) {
    wrong.push(
      `it was taken ${takenAt}, longer after the check of a part than any plan may be open`,
    )
  }
  for (const part of parts) {
    const why = partContradiction(part, taken, created, policy)
    if (why !== null) wrong.push(`part ${part.key} ${why}`)
  }
  return wrong
}

function partContradiction(
  { fetchedAt, checkedAt, files }: PartRecord,
  taken: number,
  created: Created,
  policy: TimePolicy,
): string | null {
  const [fetched, checked] = [Date.parse(fetchedAt), Date.parse(checkedAt)]
  if (checked > taken + TOLERANCE_MS)
    return `was checked at ${checkedAt}, after the snapshot was taken`
  if (fetched > checked + TOLERANCE_MS) return `was read at ${fetchedAt}, after it was checked`
  const trusted = Math.max(policy.fullFetchMs, USUAL_FETCH_MS)
  if (checked - fetched > trusted + LONGEST_PLAN_MS) {
    return `was read at ${fetchedAt}, more than FULL_FETCH_DAYS (${trusted / DAY_MS}) before it was checked: verify with the setting of that time`
  }
  if (created.isCopy) return null
  // Files that were made from stored JSON, any time after that was read.
  const rebuilt = new Set(rebuiltSegments({ files }).flatMap(({ made }) => made))
  for (const { path } of files) {
    const made = created.at(path)?.getTime()
    if (made === undefined) continue // missing, which is already reported
    if (made > taken + TOLERANCE_MS) {
      return `has a file that was created after the snapshot was taken (verify copies with --copy): ${path}`
    }
    if (made - fetched > LONGEST_PLAN_MS && !rebuilt.has(path)) {
      return `was read at ${fetchedAt}, long before its file was created (verify copies with --copy): ${path}`
    }
  }
  return null
}
