/** Checks a part's files, each read once however many snapshots share it, and its record against them. */
import { describeError } from '../../errors.ts'
import { byUtf8 } from '../../format/canonical-json.ts'
import { type PartRecord, segmentsOf } from '../../format/part-record.ts'
import { addOdd, type OddTally } from '../../rows/batch/odd-values.ts'
import { contentDigest } from '../../rows/blocks/digest.ts'
import { addSum, type DecimalSum, decimalSum, formatSum } from '../../rows/decimal/decimal.ts'
import { leftOutFaults } from './check-left-out.ts'
import { checkSegment, type SegmentFacts } from './check-segment.ts'
import { type Fault, fault } from './fault.ts'
import type { FileChecker } from './file-checker.ts'
import { sliceRowFaults } from './slice-rows.ts'

/** The result of checking a part. */
export interface PartCheck {
  readonly faults: readonly Fault[]
  /** Names in its rows that the catalogue did not know; null if its rows are unreadable. */
  readonly unknownFields: ReadonlySet<string> | null
}

/** `manifest`: the name of the manifest that names the part. `known`: files that were read already. */
export async function checkPart(
  checker: FileChecker,
  part: PartRecord,
  manifest: string,
  known: Map<string, SegmentFacts>,
): Promise<PartCheck> {
  const faults: Fault[] = []
  const { layout } = checker
  const sums: DecimalSum[] = layout.decimalColumns.map(decimalSum)
  const digests: string[] = []
  const unknownFields = new Set<string>()
  const odd: OddTally = new Map()
  let rows = 0
  let isReadable = true
  let segments: ReturnType<typeof segmentsOf>
  try {
    segments = segmentsOf(part.files)
  } catch (error) {
    const why = describeError(error).message
    return { faults: [fault('MANIFEST_INCONSISTENT', manifest, why)], unknownFields: null }
  }
  for (const segment of segments) {
    const files = [segment.json, segment.csv, segment.index]
    const key = files
      .map((file) => `${file.path} ${file.bytes} ${file.sha256} ${file.slice}`)
      .join()
    const facts = known.get(key) ?? (await checkSegment(checker, segment))
    known.set(key, facts)
    faults.push(...facts.faults)
    if (facts.rows === null) {
      isReadable = false
      continue
    }
    if (files.some((file) => file.rows !== facts.rows?.count)) {
      const why = `it gives the files of a segment the wrong row count: ${segment.json.path} has ${facts.rows.count} rows`
      faults.push(fault('MANIFEST_INCONSISTENT', manifest, why))
    }
    for (const why of sliceRowFaults(segment.json, facts.rows.slice)) {
      faults.push(fault('MANIFEST_INCONSISTENT', manifest, `part ${part.key}: ${why}`))
    }
    addOdd(odd, facts.rows.odd, rows)
    rows += facts.rows.count
    facts.rows.sums.forEach((sum, i) => {
      addSum(sums[i] as DecimalSum, sum)
    })
    for (const digest of facts.rows.blockDigests) digests.push(digest)
    for (const name of facts.rows.unknownFields) unknownFields.add(name)
  }
  if (!isReadable) return { faults, unknownFields: null }
  const totals = layout.decimalColumns.map((column, i) => [
    layout.columns[column]?.name ?? '',
    formatSum(sums[i] as DecimalSum),
  ])
  const wrong = [
    ...(rows === part.rowCount ? [] : [`it has ${rows} rows, not ${part.rowCount}`]),
    ...totals
      .filter(([column = '', total]) => part.totals[column] !== total)
      .map(([column = '', total]) => `${column} adds up to ${total}, not ${part.totals[column]}`),
    ...leftOutFaults(part, [...odd.values()]),
    ...(contentDigest(digests) === part.contentSha256
      ? []
      : ['its contentSha256 is not that of its rows']),
  ]
  const told = wrong.map((why) => {
    return fault('MANIFEST_INCONSISTENT', manifest, `part ${part.key}: ${why}`)
  })
  return { faults: [...faults, ...told], unknownFields }
}

/**
 * Faults in a manifest's list of unknown names; null if there are none. A name that no row contains may
 * remain from the snapshot `before`: if the state was lost, nothing else was known of the parts.
 */
export function unknownFieldsFault(
  told: readonly string[],
  found: ReadonlySet<string>,
  before: readonly string[],
  limit: number,
): string | null {
  if (found.size >= limit) return null // beyond the limit it depends on the order in which they came
  const missing = [...found].filter((name) => !told.includes(name))
  if (missing.length > 0) return `its unknownFields do not include ${missing.join(', ')}`
  const foreign = told.filter((name) => !found.has(name) && !before.includes(name))
  if (foreign.length > 0) return `its unknownFields include ${foreign.join(', ')}, which no row has`
  const isSorted = told.every((name, i) => i === 0 || byUtf8(told[i - 1] as string, name) < 0)
  return isSorted ? null : 'its unknownFields are not sorted'
}
