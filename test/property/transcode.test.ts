import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RowBatch } from '../../shared/rows/batch/row-batch.ts'
import { rowBuffers } from '../../shared/rows/batch/row-buffers.ts'
import { formatSum } from '../../shared/rows/decimal/decimal.ts'
import { transcoder } from '../../shared/rows/json/read-json.ts'
import { rowLayout } from '../../shared/rows/row-layout.ts'
import { alike, array, envelope } from '../../testing/arbitraries/json-bodies.ts'
import { parseExactly, readCsv, stringify, sumNumbers } from '../../testing/oracles/json-oracle.ts'
import { compact, expectedOf } from '../../testing/oracles/json-rows-oracle.ts'

const layout = rowLayout([
  { name: 'id' },
  { name: 'cost', decimal: true, aliases: ['Cost'] },
  { name: 'date', usageDate: true },
  { name: 'tags' },
  { name: 'flag' },
  { name: 'later', since: 2 },
])

/** Reused as in production: allocating them takes most of the time of a small body. */
const buffers = rowBuffers()

/** Reads `text` cut at `cuts`. */
function read(
  text: string | Uint8Array,
  cuts: readonly number[],
): { batches: RowBatch[]; envelope: Record<string, string> } {
  const bytes = Buffer.from(text as string)
  const reader = transcoder('list', layout, buffers)
  const batches: RowBatch[] = []
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b)
  const take = (): void => {
    const batch = reader.take()
    if (batch !== null) batches.push(copyOf(batch))
  }
  let from = 0
  for (const to of [...places, bytes.length]) {
    // Bytes that the reader no longer needs may change.
    const chunk = Buffer.from(bytes.subarray(from, to))
    reader.push(chunk)
    chunk.fill(0x7e)
    if (to % 3 !== 0) take()
    from = to
  }
  const envelope = reader.end()
  take()
  return { batches, envelope }
}

/** A batch is valid only until its reader is used again. */
function copyOf(batch: RowBatch): RowBatch {
  return { ...batch, lines: Buffer.from(batch.lines), csv: Buffer.from(batch.csv) }
}

function everyByte(text: string): number[] {
  return Array.from({ length: Buffer.byteLength(text) }, (_, i) => i)
}

function check(items: readonly string[], batches: readonly RowBatch[]): void {
  const want = expectedOf(items)
  const lines = Buffer.concat(batches.map((batch) => Buffer.from(batch.lines))).toString()
  expect(lines).toBe(items.map((item) => `${compact(item)}\n`).join(''))

  const csv = Buffer.concat(batches.map((batch) => Buffer.from(batch.csv))).toString()
  // A nested value is its JSON text: compared by meaning here; the text itself is in the lines.
  const records = readCsv(csv).map((record, r) =>
    record.map((field, i) =>
      field !== null && typeof want.records[r]?.[i] === 'object' ? parseExactly(field) : field,
    ),
  )
  expect(records).toEqual(want.records)

  const sums = batches.map((batch) => formatSum(batch.sums[0] as RowBatch['sums'][0]))
  expect(sumNumbers(sums.map((sum) => parseExactly(sum)))).toBe(want.sum)
  expect(new Set(batches.flatMap((batch) => [...batch.unknownFields]))).toEqual(want.unknown)
}

/** The text of valid UTF-8. */
function strictText(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
}

/** The result of `read`; null if it throws. */
function attempt<T>(read: () => T): T | null {
  try {
    return read()
  } catch {
    return null
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const runs = Number(process.env['PROPERTY_RUNS'] ?? 1_000)

describe('reading rows', () => {
  it('gives the same result for an array, however it is cut', () => {
    fc.assert(
      fc.property(array, fc.array(fc.nat(2_000), { maxLength: 8 }), ({ items, text }, cuts) => {
        check(items, read(text, cuts).batches)
      }),
      { numRuns: runs },
    )
  })

  it('gives the same result for similar rows, however they are cut', () => {
    fc.assert(
      fc.property(alike, fc.array(fc.nat(100_000), { maxLength: 4 }), ({ items, text }, cuts) => {
        check(items, read(text, cuts).batches)
      }),
      { numRuns: runs },
    )
  })

  it('accepts nothing in similar rows that another parser rejects', () => {
    fc.assert(
      fc.property(alike, fc.nat(), fc.nat(255), ({ text }, where, byte) => {
        const spoilt = Buffer.from(text)
        const at = where % spoilt.length
        spoilt[at] = byte
        const rows = attempt(() => parseExactly(strictText(spoilt)) as unknown[])
        const isRows = Array.isArray(rows) && rows.every(isObject)
        const given = attempt(() => read(spoilt, []).batches)
        expect(given !== null).toBe(isRows)
        if (given !== null && isRows) {
          expect(given.reduce((sum, batch) => sum + batch.rows, 0)).toBe(rows.length)
        }
      }),
      { numRuns: runs },
    )
  })

  it('gives the same result for chunks of one byte', () => {
    fc.assert(
      fc.property(array, ({ items, text }) => {
        check(items, read(text, everyByte(text)).batches)
      }),
      { numRuns: Math.ceil(runs / 3) },
    )
  })

  it('gives the rows and the fields beside them for an envelope, however it is cut', () => {
    fc.assert(
      fc.property(
        envelope,
        fc.array(fc.nat(2_000), { maxLength: 8 }),
        ({ items, text, link }, cuts) => {
          const { batches, envelope: beside } = read(text, cuts)
          check(items, batches)
          expect(beside).toEqual({ id: '"x"', nextLink: link })
        },
      ),
      { numRuns: runs },
    )
  })

  it('never accepts a truncated body', () => {
    fc.assert(
      fc.property(envelope, fc.nat(5_000), ({ text }, at) => {
        const bytes = Buffer.from(text.trimEnd())
        const cut = bytes.subarray(0, at % bytes.length)
        expect(() => read(cut, [])).toThrow(expect.objectContaining({ name: 'ArchiveError' }))
      }),
      { numRuns: runs },
    )
  })

  it('accepts exactly what another parser accepts', () => {
    fc.assert(
      fc.property(
        array,
        fc.nat(5_000),
        fc.constantFrom(...'{}[]",:0eE.-+\\u \n\ttruenul'.split('')),
        fc.boolean(),
        ({ text }, at, char, replace) => {
          const chars = Array.from(text)
          const place = at % (chars.length + 1)
          chars.splice(place, replace ? 1 : 0, char)
          const spoilt = chars.join('')
          let value: unknown
          try {
            value = JSON.parse(spoilt)
          } catch {
            expect(() => read(spoilt, [at, at * 7])).toThrow(
              expect.objectContaining({ name: 'ArchiveError' }),
            )
            return
          }
          if (!Array.isArray(value) || !value.every(isObject)) return
          const count = read(spoilt, [at]).batches.reduce((sum, batch) => sum + batch.rows, 0)
          expect(count).toBe(value.length)
        },
      ),
      { numRuns: runs },
    )
  })
})

describe('the oracle', () => {
  it('compares numbers by their text', () => {
    expect(stringify(parseExactly('{"a":[1.00,1E-06,"x"]}'))).toBe('{"a":[1.00,1E-06,"x"]}')
  })
})
