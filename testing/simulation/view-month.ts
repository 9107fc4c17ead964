/** A month for tests of the view: pages of its days, and what verify says of all of it. */
import type { Archive } from '../../shared/usecases/archive.ts'
import { verifyArchive } from '../../shared/usecases/verify/verify-archive.ts'

/** Rows of a day, enough that a footer is small beside them. */
export function page(day: number, cost = '0.5', rows = 3_000): string {
  const date = `2017-04-${String(day).padStart(2, '0')}T00:00:00`
  const row = (i: number): string =>
    `{"cost":${cost},"date":"${date}","meterCategory":"Service ${i % 3}","subscriptionGuid":"s${i % 2}","subscriptionName":"","instanceId":"/r/${day}/${cost}/${(i * 7_919) % 104_729}","tags":"${(i * 31_337) % 65_521}"}`
  return `[${Array.from({ length: rows }, (_, i) => row(i)).join(',')}]`
}

/** Pages as parts, from the first day on. */
export function days(...pages: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pages.map((text, i) => [`2017-04-${String(i + 1).padStart(2, '0')}`, text]),
  )
}

/** All faults that a deep verification finds. */
export async function faultsOf(archive: Archive): Promise<string[]> {
  const { faults } = await verifyArchive(archive, { isDeep: true, anchor: null })
  return faults.map(({ code, blob, message }) => `${code} ${blob}: ${message}`)
}
