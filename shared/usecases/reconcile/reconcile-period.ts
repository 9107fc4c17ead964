/**
 * Compares the datasets of one billing period, and the days with the whole; the result is stored in
 * `billing-state`.
 */
import { balanceSummary } from '../../datasets/balance-summary.ts'
import { marketplaceCharges } from '../../datasets/marketplace-charges.ts'
import { usageDetails } from '../../datasets/usage-details.ts'
import { canonicalJson } from '../../format/canonical-json.ts'
import { withUnknown } from '../../format/kept-fields.ts'
import { reconciliationName } from '../../format/layout.ts'
import type { Manifest } from '../../format/manifest.ts'
import type { PartRecord } from '../../format/part-record.ts'
import { decimalSum, formatSum, isSummable, sumTexts } from '../../rows/decimal/decimal.ts'
import { NumberText, parseExactly } from '../../rows/scan/exact-json.ts'
import { sumWhere } from '../../rows/select/sum-where.ts'
import type { BlobReader } from '../../storage/ports.ts'
import type { Archive } from '../archive.ts'
import { newestAnswer } from '../read/answering-series.ts'
import { blocksOf, blocksOfPart, layoutFor } from '../read/read-rows.ts'
import { daysAgainstWhole } from './days-against-whole.ts'
import {
  parseReconciliation,
  RECONCILIATION_FORMAT,
  type Reconciliation,
  reconciliationSchema,
} from './reconciliation.ts'
import { type Balance, checkRelations } from './relations.ts'

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
  const { snapshots } = archive
  const newest = (dataset: string) => newestAnswer(archive, { dataset, enrollment, billingPeriod })
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
    const compared = each === null ? null : await daysAgainstWhole(snapshots, each.manifest)
    if (compared !== null) days.push(compared)
  }
  const isSettled = [balance, usage, marketplace].every((each) => each?.manifest.settled !== false)
  const result: Reconciliation = withUnknown(reconciliationSchema, last, {
    format: RECONCILIATION_FORMAT,
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
