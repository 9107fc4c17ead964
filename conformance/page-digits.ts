/**
 * Compares the digits that reach a client that reads numbers as doubles, like most, and one that requests
 * text.
 */

import { exactly, type Figure, shown } from '../bench/measure.ts'
import { ArchiveClient } from '../client/src/client.ts'
import { NumberText, parseExactly } from '../shared/rows/scan/exact-json.ts'
import { startStack } from '../testing/stack/archive-stack.ts'
import { type Served, serve } from './served.ts'

const PERIOD = '201704'
const OLD = `/v3/enrollments/100/billingPeriods/${PERIOD}`
const old = { enrollmentNumber: '100', billingPeriod: PERIOD }
const ours = { enrollment: '100', period: PERIOD } as const

type Row = Readonly<Record<string, unknown>>

/** A client's rows, and the billed rows. */
interface Read {
  readonly what: string
  readonly held: readonly Row[]
  readonly billed: readonly string[]
}

export async function pageDigitFigures(say: (line: string) => void): Promise<Figure[]> {
  const stack = await startStack()
  const served = await serve(stack, {
    simulator: { day: '2017-05-12', rowsPerDay: 130, months: 3 },
  })
  const [texts, numbers] = [await readAsText(served), await readAsNumbers(served)]
  await served.close()
  await stack.close()
  const [lost, lostAsNumbers] = [lostIn(texts, say), lostIn(numbers, say)]
  if (lostAsNumbers === 0) throw new Error('no number of this bill is lossy as a double')
  return [
    exactly('page-bytes-lost', lost + served.failures.length, 0, 'cells'),
    shown('page-bytes-lost-as-numbers', lostAsNumbers, 'cells'),
  ]
}

/** Our own client, all datasets of both families. */
async function readAsText({ url, archive }: Served): Promise<Read[]> {
  const client = new ArchiveClient({ url, credential: archive.key })
  const billed = (route: string): readonly string[] => archive.simulator.rows(`${OLD}/${route}`)
  const reads: Read[] = []
  for (const dataset of [
    'usagedetails',
    'marketplacecharges',
    'pricesheet',
    'balancesummary',
  ] as const) {
    const held = await all(client.items('newestRows', { ...ours, dataset }))
    reads.push({ what: `/archive, ${dataset}, text`, held, billed: billed(dataset) })
  }
  const usage = await all(client.items('UsageDetails_ListByBillingPeriod', old))
  const whole = [
    ['usagedetails', usage],
    ['marketplacecharges', await client.call('MarketplaceCharges_ListByBillingPeriod', old)],
    ['pricesheet', await client.call('PriceSheet_ListByBillingPeriod', old)],
    ['balancesummary', await client.call('BalanceSummary_GetByBillingPeriod', old)],
  ] as const
  for (const [dataset, held] of whole) {
    reads.push({ what: `/v3, ${dataset}, text`, held: held as Row[], billed: billed(dataset) })
  }
  return reads
}

/** A client that does not use `decimals`. */
async function readAsNumbers({ url, archive }: Served): Promise<Read[]> {
  const held: Row[] = []
  for (let next: string | null = `${url}${OLD}/usagedetails`; next !== null; ) {
    const response: Response = await fetch(next, {
      headers: { authorization: `bearer ${archive.key}` },
    })
    const page = (await response.json()) as { data: Row[]; nextLink: string | null }
    held.push(...page.data)
    next = page.nextLink
  }
  const billed = archive.simulator.rows(`${OLD}/usagedetails`)
  return [{ what: '/v3, usagedetails, numbers', held, billed }]
}

async function all(rows: AsyncIterable<Row>): Promise<Row[]> {
  const found: Row[] = []
  for await (const row of rows) found.push(row)
  return found
}

/** Values that differ from the bill. */
function lostIn(reads: readonly Read[], say: (line: string) => void): number {
  let sum = 0
  for (const { what, held, billed } of reads) {
    const counted = { cells: 0, lost: 0 }
    for (const [i, row] of billed.entries()) compare(held[i], parseExactly(row), counted)
    if (counted.cells === 0) throw new Error(`${what}: nothing was billed`)
    const extra = Math.max(held.length - billed.length, 0)
    say(`${what}: ${billed.length} rows, ${counted.lost} of ${counted.cells} cells changed`)
    sum += counted.lost + extra
  }
  return sum
}

/** Counts the cells of a billed value, and those that a client has with other digits or not at all. */
function compare(held: unknown, billed: unknown, counted: { cells: number; lost: number }): void {
  if (typeof billed === 'object' && billed !== null && !(billed instanceof NumberText)) {
    for (const [key, value] of Object.entries(billed)) {
      compare((held as Row | null | undefined)?.[key], value, counted)
    }
    return
  }
  counted.cells++
  const isSame =
    billed instanceof NumberText
      ? (typeof held === 'string' || typeof held === 'number') && String(held) === billed.text
      : held === billed
  if (!isSame) counted.lost++
}
