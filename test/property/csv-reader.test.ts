import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RowBatch } from '../../shared/rows/batch/row-batch.ts'
import { rowBuffers } from '../../shared/rows/batch/row-buffers.ts'
import { csvReader } from '../../shared/rows/csv/read-csv.ts'
import { formatSum } from '../../shared/rows/decimal/decimal.ts'
import { transcoder } from '../../shared/rows/json/read-json.ts'
import { rowLayout } from '../../shared/rows/row-layout.ts'
import { alikeCsvBody, csvBody } from '../../testing/arbitraries/csv-bodies.ts'
import { type OracleColumn, readByOracle } from '../../testing/oracles/csv-oracle.ts'
import { parseExactly, readCsv, stringify, sumNumbers } from '../../testing/oracles/json-oracle.ts'

const layout = rowLayout([
  { name: 'id' },
  { name: 'cost', decimal: true, aliases: ['preTaxCost'] },
  { name: 'date', usageDate: true },
  { name: 'tags' },
  { name: 'accountId', kind: 'number' },
  { name: 'later', since: 2 },
])
const columns: readonly OracleColumn[] = [
  { name: 'id' },
  { name: 'cost', isNumber: true, aliases: ['preTaxCost'] },
  { name: 'date' },
  { name: 'tags' },
  { name: 'accountId', isNumber: true },
  { name: 'later', isLate: true },
]

/** Allocated once, because they are large. */
const [buffers, jsonBuffers] = [rowBuffers(), rowBuffers()]

function read(bytes: Buffer, cuts: readonly number[]): RowBatch[] {
  const reader = csvReader(layout, buffers)
  const batches: RowBatch[] = []
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b)
  const take = (): void => {
    const batch = reader.take()
    if (batch !== null) batches.push(copyOf(batch))
  }
  let from = 0
  for (const to of [...places, bytes.length]) {
    // The reader must not depend on a chunk after push.
    const chunk = Buffer.from(bytes.subarray(from, to))
    reader.push(chunk)
    chunk.fill(0x7e)
    if (to % 3 !== 0) take()
    from = to
  }
  reader.end()
  take()
  return batches
}

/** A batch is valid only until its reader is used again. */
function copyOf(batch: RowBatch): RowBatch {
  const { lines, csv, dates, lineEnds } = batch
  return {
    ...batch,
    lines: Buffer.from(lines),
    csv: Buffer.from(csv),
    dates: dates.slice(),
    lineEnds: lineEnds.slice(),
  }
}

function check(text: string, batches: readonly RowBatch[]): void {
  const want = readByOracle(text, columns, 'cost')
  const lines = Buffer.concat(batches.map((batch) => batch.lines)).toString()
  const rows = want.rows.map((members) =>
    members.map(([key, item]) => `${JSON.stringify(key)}:${stringify(item)}`).join(','),
  )
  expect(lines).toBe(rows.map((row) => `{${row}}\n`).join(''))
  const csv = Buffer.concat(batches.map((batch) => batch.csv)).toString()
  const records = readCsv(csv).map((record) =>
    record.map((field, i) => (i === 5 && field !== null ? parseExactly(field) : field)),
  )
  expect(records).toEqual(want.records)
  const sums = batches.map((batch) => formatSum(batch.sums[0] as RowBatch['sums'][0]))
  expect(sumNumbers(sums.map((sum) => parseExactly(sum)))).toBe(want.sum)
  expect(new Set(batches.flatMap((batch) => [...batch.unknownFields]))).toEqual(want.unknown)
  let isFirst = true
  for (const batch of batches) {
    expect(told(batch, isFirst)).toEqual(told(readAsJson(batch), isFirst))
    isFirst = false
  }
}

/** The batch that the JSON reader makes from the same rows. */
function readAsJson({ lines }: RowBatch): RowBatch {
  const reader = transcoder('list', layout, jsonBuffers)
  reader.push(Buffer.from(`[${Buffer.from(lines).toString().trimEnd().split('\n').join(',')}]`))
  reader.end()
  return reader.take() as RowBatch
}

/** The whole content of a batch. Drift is only compared for the first batch: it comes from a body's first row. */
function told(batch: RowBatch, isFirst: boolean): unknown {
  return {
    rows: batch.rows,
    lines: Buffer.from(batch.lines).toString(),
    lineEnds: [...batch.lineEnds],
    csv: Buffer.from(batch.csv).toString(),
    dates: [...batch.dates],
    sums: batch.sums.map(formatSum),
    unknownFields: [...batch.unknownFields].sort(),
    drift: isFirst ? [...batch.drift].sort() : null,
    odd: batch.odd.map((odd) => JSON.stringify(odd)).sort(),
  }
}

function attempt<T>(work: () => T): T | null {
  try {
    return work()
  } catch {
    return null
  }
}

/** Checks that both parsers accept the body with the same result, or that both reject it. */
function agree(bytes: Buffer, cuts: readonly number[]): void {
  const text = attempt(() =>
    new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes),
  )
  const isTaken = text !== null && attempt(() => readByOracle(text, columns, 'cost')) !== null
  if (isTaken) {
    check(text, read(bytes, cuts))
    return
  }
  expect(() => read(bytes, cuts)).toThrow(
    expect.objectContaining({ name: 'ArchiveError', code: expect.stringMatching(/^ROWS_/) }),
  )
}

const runs = Number(process.env['PROPERTY_RUNS'] ?? 100)
const cuts = fc.array(fc.nat(3_000), { maxLength: 8 })

describe('reading CSV', () => {
  it('gives the same result as another parser, however it is cut', () => {
    fc.assert(
      fc.property(csvBody, cuts, (text, where) => agree(Buffer.from(text), where)),
      { numRuns: runs },
    )
  })

  it('gives the same result for similar rows, however they are cut', () => {
    fc.assert(
      fc.property(alikeCsvBody, fc.array(fc.nat(100_000), { maxLength: 4 }), (text, where) =>
        agree(Buffer.from(text), where),
      ),
      { numRuns: runs },
    )
  })

  it('gives the same result for chunks of one byte', () => {
    fc.assert(
      fc.property(csvBody, (text) => {
        const bytes = Buffer.from(text)
        agree(bytes, [...bytes.keys()])
      }),
      { numRuns: Math.ceil(runs / 3) },
    )
  })

  it('rejects exactly what another parser rejects after a byte has changed', () => {
    const byte = fc.oneof(fc.constantFrom(...Buffer.from('",\r\n\\x0\ufeff')), fc.nat(255))
    fc.assert(
      fc.property(
        fc.oneof(csvBody, alikeCsvBody),
        fc.nat(),
        byte,
        fc.nat(2),
        cuts,
        (text, where, other, how, places) => {
          const bytes = Buffer.from(text)
          const at = where % (bytes.length + 1)
          const spoilt = Buffer.concat([
            bytes.subarray(0, at),
            how === 0 ? Buffer.alloc(0) : Buffer.from([other]),
            bytes.subarray(how === 2 ? at : at + 1),
          ])
          agree(spoilt, places)
        },
      ),
      { numRuns: runs },
    )
  })

  it('never takes a partial record for a complete one', () => {
    fc.assert(
      fc.property(csvBody, fc.nat(), cuts, (text, where, places) => {
        const bytes = Buffer.from(text)
        agree(bytes.subarray(0, where % (bytes.length + 1)), places)
      }),
      { numRuns: runs },
    )
  })
})
