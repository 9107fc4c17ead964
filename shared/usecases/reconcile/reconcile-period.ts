/**
 * Compares the datasets of one billing period, and the days with the whole; the result is stored in
 * `billing-state`.
 */
import { z } from 'zod'
import { balanceSummary } from '../../datasets/balance-summary.ts'
import { marketplaceCharges } from '../../datasets/marketplace-charges.ts'
import { usageDetails } from '../../datasets/usage-details.ts'
import { hasCode } from '../../errors.ts'
import { canonicalJson, parseDocument } from '../../format/canonical-json.ts'
import { keeping, withUnknown } from '../../format/kept-fields.ts'
import { reconciliationName } from '../../format/layout.ts'
import { type Manifest, seriesOfManifest } from '../../format/manifest.ts'
import type { PartRecord } from '../../format/part-record.ts'
import { decimalSum, formatSum, isSummable, sumTexts } from '../../rows/decimal.ts'
import { NumberText, parseExactly } from '../../rows/exact-json.ts'
import { sumWhere } from '../../rows/sum-where.ts'
import type { BlobReader } from '../../storage/ports.ts'
import type { Archive } from '../archive.ts'
import { diffSnapshots } from '../read/diff-snapshots.ts'
import { blocksOf, blocksOfPart, layoutFor } from '../read/read-rows.ts'
import { newestSnapshot, readSnapshot } from '../read/read-snapshots.ts'
import { resolveSeries } from '../resolve-series.ts'
import { type Balance, checkRelations } from './relations.ts'

const FORMAT = 'billing-archive-reconciliation/1'

/** How many of the rows that only one side has are shown. */
const SHOWN_ROWS = 10

const daysSchema = keeping({
  dataset: z.string(),
  /** The snapshots compared: the last one fetched by day, and the first of the whole period. */
  days: z.int(),
  whole: z.int(),
  rowsOfDays: z.int(),
  rowsOfWhole: z.int(),
  onlyInDays: z.int(),
  onlyInWhole: z.int(),
  totals: z.array(
    keeping({ column: z.string(), from: z.string(), to: z.string(), difference: z.string() }),
  ),
  /** Digests and dates of some rows that only one side has; not the rows, which contain names of people. */
  examples: z.array(keeping({ side: z.enum(['days', 'whole']), row: z.string() })),
})

const reconciliationSchema = keeping({
  format: z.literal(FORMAT),
  enrollment: z.string(),
  billingPeriod: z.string(),
  at: z.iso.datetime({ precision: 3 }),
  /** False while the source still changes the period: differences are expected then. */
  settled: z.boolean(),
  currency: z.string(),
  /** Digests of the compared manifests, by dataset: nothing needs to be done while they are the same. */
  manifests: z.record(z.string(), z.string()),
  relations: z.array(
    keeping({
      relation: z.string(),
      left: z.string(),
      right: z.string(),
      difference: z.string(),
      agrees: z.boolean(),
    }),
  ),
  days: z.array(daysSchema),
  /** Sums of costs billed separately, by the digest of their part: each part is read once. */
  separately: z.record(z.string(), z.string()),
})

/** The result of reconciling a billing period. */
export type Reconciliation = z.infer<typeof reconciliationSchema>

type Reconciler = Pick<Archive, 'snapshots' | 'state' | 'sources' | 'policy' | 'log'>

/**
 * Reconciles a billing period, unless its newest snapshots are the same as last time. Null if there is no
 * balance to compare with. Only new parts are read.
 */
export async function reconcilePeriod(
  archive: Reconciler,
  enrollment: string,
  billingPeriod: string,
): Promise<Reconciliation | null> {
  const { snapshots, sources } = archive
  const newest = async (dataset: string) =>
    newestSnapshot(snapshots, resolveSeries(sources, { dataset, enrollment, billingPeriod }))
  const balance = await newest(balanceSummary.name)
  const usage = await newest(usageDetails.name)
  const marketplace = await newest(marketplaceCharges.name)
  if (balance === null) return null
  const found = { balance, usage, marketplace }
  const manifests = Object.fromEntries(
    Object.entries(found).flatMap(([name, each]) => (each === null ? [] : [[name, each.sha256]])),
  )
  const name = reconciliationName(enrollment, billingPeriod)
  const { bytes, etag, at } = await archive.state.read(name)
  const last = parseReconciliation(bytes, name)
  if (last !== null && canonicalJson(last.manifests).equals(canonicalJson(manifests))) return last

  const separately = await separateCosts(snapshots, usage?.manifest ?? null, last?.separately ?? {})
  const { currency, fields } = await readBalance(snapshots, balance.manifest)
  const sums = {
    usage: usage?.manifest.totals['cost'] ?? null,
    separately: usage === null ? null : sumTexts(Object.values(separately)),
    marketplace: marketplace?.manifest.totals['extendedCost'] ?? null,
  }
  const relations = checkRelations({ currency, fields }, sums, archive.policy.reconcileTolerance)
  const days = []
  for (const each of [usage, marketplace]) {
    const compared = each === null ? null : await daysAgainstWhole(archive, each.manifest)
    if (compared !== null) days.push(compared)
  }
  const isSettled = [balance, usage, marketplace].every((each) => each?.manifest.settled !== false)
  const result: Reconciliation = withUnknown(reconciliationSchema, last, {
    format: FORMAT,
    enrollment,
    billingPeriod,
    at: at.toISOString(),
    settled: isSettled,
    currency,
    manifests,
    relations,
    days,
    separately,
  })
  tell(archive, result)
  // After a conflict another host did the same.
  await archive.state.write(name, canonicalJson(result), etag)
  return result
}

/** The last reconciliation of a billing period; null if there is no readable one. */
export async function lastReconciliation(
  { state }: Pick<Archive, 'state'>,
  enrollment: string,
  billingPeriod: string,
): Promise<Reconciliation | null> {
  const name = reconciliationName(enrollment, billingPeriod)
  const { bytes } = await state.read(name)
  return parseReconciliation(bytes, name)
}

/** An unreadable result is treated as missing: it is computed again. */
function parseReconciliation(bytes: Buffer | null, name: string): Reconciliation | null {
  try {
    return bytes === null ? null : parseDocument(reconciliationSchema, bytes, name)
  } catch (error) {
    if (hasCode(error, 'FORMAT_INVALID')) return null
    throw error
  }
}

/** Logs differences in periods that no longer change, which need attention. */
function tell({ log }: Reconciler, { settled, relations, days, ...period }: Reconciliation): void {
  const { enrollment, billingPeriod } = period
  if (!settled) return
  for (const { relation, left, right, difference, agrees } of relations) {
    if (agrees) continue
    log.warn('reconcile.differs', { enrollment, billingPeriod, relation, left, right, difference })
  }
  for (const { dataset, onlyInDays, onlyInWhole } of days) {
    if (onlyInDays + onlyInWhole === 0) continue
    log.warn('reconcile.days', { enrollment, billingPeriod, dataset, onlyInDays, onlyInWhole })
  }
}

/** Costs billed separately, by part; known parts are not read again. */
async function separateCosts(
  snapshots: BlobReader,
  manifest: Manifest | null,
  known: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const sums: Record<string, string> = {}
  for (const part of manifest?.parts ?? []) {
    const key = `${part.key} ${part.contentSha256}`
    sums[key] = known[key] ?? (await separateCost(snapshots, manifest as Manifest, part))
  }
  return sums
}

async function separateCost(
  snapshots: BlobReader,
  manifest: Manifest,
  part: PartRecord,
): Promise<string> {
  const sum = decimalSum()
  for await (const block of blocksOfPart(snapshots, part)) {
    sumWhere(await block.read(), layoutFor(manifest), 'cost', 'chargesBilledSeparately', sum)
  }
  return formatSum(sum)
}

async function readBalance(snapshots: BlobReader, manifest: Manifest): Promise<Balance> {
  for await (const block of blocksOf(snapshots, manifest)) {
    const row = parseExactly((await block.read()).toString()) as Record<string, unknown>
    const fields = Object.entries(row).map(([name, value]) => {
      const isAmount = value instanceof NumberText && isSummable(value.text)
      return [name, isAmount ? value.text : null] as const
    })
    const currency = row['currencyCode']
    return {
      currency: typeof currency === 'string' ? currency : '',
      fields: Object.fromEntries(fields),
    }
  }
  return { currency: '', fields: {} }
}

/** At settlement: the days as last fetched, compared with the period as a whole. Null before. */
async function daysAgainstWhole(
  { snapshots }: Reconciler,
  newest: Manifest,
): Promise<Reconciliation['days'][number] | null> {
  if (!newest.settled) return null
  const { dataset } = newest
  const series = seriesOfManifest(newest)
  let whole = newest
  for (let number = newest.number - 1; number >= 1; number--) {
    const before = await readSnapshot(snapshots, series, number)
    if (before === null) return null // verify reports the gap
    if (before.manifest.settled) {
      whole = before.manifest
      continue
    }
    const examples: Reconciliation['days'][number]['examples'] = []
    const diff = await diffSnapshots(snapshots, before.manifest, whole, (kind, row) => {
      if (examples.length < SHOWN_ROWS) {
        examples.push({ side: kind === 'added' ? 'whole' : 'days', row: summaryOf(row) })
      }
    })
    return {
      dataset,
      days: diff.from.number,
      whole: diff.to.number,
      rowsOfDays: diff.from.rows,
      rowsOfWhole: diff.to.rows,
      onlyInDays: diff.removed,
      onlyInWhole: diff.added,
      totals: [...diff.totals],
      examples,
    }
  }
  return null
}

/** Identifies a row without naming anyone. */
function summaryOf(row: string): string {
  const fields = parseExactly(row) as Record<string, unknown>
  const shown = ['date', 'usageStartDate', 'meterId', 'cost', 'extendedCost'].flatMap((name) => {
    const value = fields[name]
    const text = value instanceof NumberText ? value.text : value
    return typeof text === 'string' ? [`${name} ${text}`] : []
  })
  return shown.join(', ')
}
