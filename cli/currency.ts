import { balanceSummary } from '../shared/datasets/balance-summary.ts'
import { parseExactly } from '../shared/rows/scan/exact-json.ts'
import { newestAnswer } from '../shared/usecases/read/answering-series.ts'
import { blocksOf, rowTexts } from '../shared/usecases/read/read-rows.ts'
import type { Context } from './context.ts'

/**
 * The currency of an enrollment's newest bill, e.g. `USD`, which only its balance summary contains. Empty if
 * none is archived or readable: an amount without its currency is better than none.
 */
export async function currencyOf({ deps }: Context, enrollment: string): Promise<string> {
  const { archive } = deps
  const family = { dataset: balanceSummary.name, enrollment }
  try {
    const billingPeriod = (await deps.http.periods(family)).at(-1)
    if (billingPeriod === undefined) return ''
    const newest = await newestAnswer(archive, { ...family, billingPeriod })
    if (newest === null) return ''
    for await (const block of blocksOf(archive.snapshots, newest.manifest)) {
      for (const row of rowTexts(await block.read())) {
        const { currencyCode } = parseExactly(row.toString()) as { currencyCode?: unknown }
        return typeof currencyCode === 'string' ? currencyCode : ''
      }
    }
  } catch {
    return '' // verify reports what is wrong with it
  }
  return ''
}
