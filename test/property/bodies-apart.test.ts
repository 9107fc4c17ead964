/** Results for one body never depend on other bodies, read before or at the same time. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { columnsAt } from '../../shared/datasets/columns-at.ts'
import { marketplaceCharges } from '../../shared/datasets/marketplace-charges.ts'
import { rowBuffers } from '../../shared/rows/batch/row-buffers.ts'
import { formatSum } from '../../shared/rows/decimal/decimal.ts'
import { jsonReader } from '../../shared/rows/json/read-json.ts'
import { type RowLayout, rowLayout } from '../../shared/rows/row-layout.ts'

const shared = columnsAt(marketplaceCharges, marketplaceCharges.rowsVersion).layout
/** A fresh layout, without any cached state per layout. */
const unused = (): RowLayout => rowLayout(marketplaceCharges.columns)

/** The result of reading a body, batch by batch. */
interface Reading {
  step(chunk: Uint8Array | null): void
  readonly seen: string[]
}

function reading(layout: RowLayout): Reading {
  const reader = jsonReader('list', layout, rowBuffers())
  const seen: string[] = []
  const take = (): void => {
    const batch = reader.take()
    if (batch === null) return
    const { rows, lines, csv, dates, sums, unknownFields, drift } = batch
    const texts = [Buffer.from(lines).toString(), Buffer.from(csv).toString(), [...dates].join()]
    const names = [[...unknownFields].sort().join(), [...drift].sort().join()]
    seen.push([rows, ...texts, ...sums.map(formatSum), ...names].join('|'))
  }
  let failed = false
  return {
    seen,
    step(chunk) {
      if (failed) return
      try {
        if (chunk === null) reader.end()
        else reader.push(chunk)
        take()
      } catch (error) {
        failed = true
        seen.push(String(error))
      }
    },
  }
}

const names = marketplaceCharges.columns.map(({ name }) => name)
const body = fc
  .record({
    known: fc.subarray(names, { minLength: names.length - 1 }),
    unknown: fc.subarray(['alpha', 'beta', 'gamma', 'delta', 'epsilon'], { minLength: 1 }),
    rows: fc.integer({ min: 1, max: 6 }),
    keep: fc.oneof(fc.constant(1), fc.double({ min: 0, max: 1, noNaN: true })),
    chunk: fc.integer({ min: 20, max: 2_000 }),
  })
  .map(({ known, unknown, rows, keep, chunk }) => {
    const row = `{${[...known, ...unknown].map((name, i) => `"${name}":${i % 3 === 0 ? `"x${i}"` : i}`).join()}}`
    const bytes = Buffer.from(`[${Array.from({ length: rows }, () => row).join()}]`)
    const kept = bytes.subarray(0, Math.ceil(bytes.length * keep))
    const chunks: (Uint8Array | null)[] = []
    for (let at = 0; at < kept.length; at += chunk) chunks.push(kept.subarray(at, at + chunk))
    return [...chunks, null]
  })

describe('bodies of several enrollments', () => {
  it('are read independently, one after the other or interleaved', () => {
    fc.assert(
      fc.property(
        fc.array(body, { minLength: 2, maxLength: 4 }),
        fc.infiniteStream(fc.nat(3)),
        (bodies, choices) => {
          const alone = bodies.map((chunks) => {
            const one = reading(unused())
            for (const chunk of chunks) one.step(chunk)
            return one.seen
          })
          const together = bodies.map(() => reading(shared))
          const left = bodies.map((chunks) => [...chunks])
          while (left.some((chunks) => chunks.length > 0)) {
            const choice = (choices.next().value as number) % bodies.length
            const chunk = left[choice]?.shift()
            if (chunk !== undefined) together[choice]?.step(chunk)
          }
          expect(together.map(({ seen }) => seen)).toEqual(alone)
        },
      ),
      { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 40) },
    )
  })

  it('do not report a field of a truncated body', () => {
    const row = (...others: string[]): string =>
      `{${[...names.map((name) => `"${name}":null`), ...others.map((name) => `"${name}":1`)].join()}}`
    const first = reading(shared)
    first.step(
      Buffer.from(`[${row('both', 'secretOfOne')},${row('both', 'secretOfOne').slice(0, -1)}`),
    )
    first.step(null)
    const other = reading(shared)
    other.step(Buffer.from(`[${row('both')},${row('both')}]`))
    other.step(null)
    expect(other.seen.join()).toContain('both')
    expect(other.seen.join()).not.toContain('secretOfOne')
  })
})
