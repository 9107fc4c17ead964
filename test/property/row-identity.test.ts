/** Objects that are not rows of their dataset are always rejected; rows never are. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { datasets } from '../../shared/datasets/catalogue.ts'
import { columnsAt } from '../../shared/datasets/columns-at.ts'
import type { Dataset, DatasetName } from '../../shared/datasets/dataset.ts'
import { redact } from '../../shared/log.ts'
import { rowBuffers } from '../../shared/rows/batch/row-buffers.ts'
import { jsonReader } from '../../shared/rows/json/read-json.ts'
import { askedForOf } from '../../shared/sources/ea-reporting/asked-for.ts'

/** A row has a value in each group. Listed here independently of the catalogue. */
const GROUPS: Record<DatasetName, readonly (readonly string[])[]> = {
  billingperiods: [],
  balancesummary: [['billingPeriodId', 'currencyCode'], ['totalUsage']],
  usagedetails: [['cost', 'Cost', 'consumedQuantity']],
  marketplacecharges: [['extendedCost', 'consumedQuantity']],
  pricesheet: [
    ['meterId', 'partNumber', 'meterName'],
    ['unitPrice', 'unitOfMeasure'],
  ],
}

const value = fc.constantFrom('1', '2.50', '"x"', '""', 'null', 'null', 'null', '{}')
const errors = ['error', 'Error', 'message', 'errors']

/** A row's members, some of them identifying, mostly in the same order. */
function rowOf({ name, columns }: Dataset): fc.Arbitrary<string> {
  const telling = GROUPS[name].flat()
  const known = columns.map((column) => column.name)
  const others = known.filter((key) => !telling.includes(key))
  const members = (names: readonly string[]) => fc.subarray([...names], { minLength: 0 })
  return fc
    .tuple(
      fc.oneof({ weight: 9, arbitrary: fc.constant([...telling]) }, members(telling)),
      fc.oneof(fc.constant(others.slice(0, 3)), members(others.slice(0, 5))),
      fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, members(errors)),
      fc.array(value, { minLength: 20, maxLength: 20 }),
      fc.boolean(),
    )
    .map(([some, more, wrong, values, isFirst]) => {
      const keys = isFirst ? [...wrong, ...some, ...more] : [...some, ...more, ...wrong]
      // Mostly the identifying ones have a value, so that there are long runs of valid rows.
      const texts = keys.map((key, i) => `"${key}":${values[(i * 7) % 20] ?? '1'}`)
      return `{${texts.join(',')}}`
    })
}

function isRow({ name, columns }: Dataset, text: string): boolean {
  const row = JSON.parse(text) as Record<string, unknown>
  const isSaid = (key: string): boolean => row[key] !== undefined && row[key] !== null
  // A key and its alias are the same column: the last one counts.
  const last = (group: readonly string[]): readonly string[] => {
    const aliases: string[] = Object.keys(row).filter((key) => key === 'cost' || key === 'Cost')
    return group.filter((key) => !aliases.includes(key) || key === aliases.at(-1))
  }
  if (!GROUPS[name].every((group) => last(group).some(isSaid))) return false
  const known = columns.flatMap(({ name: column, aliases = [] }) => [column, ...aliases])
  return known.some(isSaid) || !errors.some((key) => key in row)
}

/** Reused as in production: allocating them takes most of the time of a small body. */
const buffers = rowBuffers()

function read(dataset: Dataset, rows: readonly string[], cut: number, checkRows: boolean): number {
  const text =
    askedForOf(dataset.name).shape === 'object' ? (rows[0] ?? '{}') : `[${rows.join(',')}]`
  const bytes = Buffer.from(text)
  const layout = columnsAt(dataset, dataset.rowsVersion).layout
  const checks = checkRows ? { rowWords: redact } : {}
  const reader = jsonReader(askedForOf(dataset.name).shape, layout, buffers, checks)
  reader.push(bytes.subarray(0, cut % bytes.length))
  const first = reader.take()?.rows ?? 0
  reader.push(bytes.subarray(cut % bytes.length))
  reader.end()
  return first + (reader.take()?.rows ?? 0)
}

const runs = Number(process.env['PROPERTY_RUNS'] ?? 300)

describe.each(datasets.map((dataset) => [dataset.name, dataset] as const))(
  'an answer with rows of %s',
  (_name, dataset) => {
    const most = askedForOf(dataset.name).shape === 'object' ? 1 : 12
    const rows = fc
      .array(rowOf(dataset), { minLength: 1, maxLength: most })
      .chain((few) =>
        fc.tuple(
          fc.constant(few),
          fc.integer({ min: 1, max: most }),
          fc.integer({ min: 0, max: 7 }),
        ),
      )
      // Repeated rows take the fast path.
      .map(([few, times, at]) => {
        const [good] = few.filter((row) => isRow(dataset, row))
        if (good === undefined || askedForOf(dataset.name).shape === 'object') return few
        const run = Array.from({ length: times }, () => good)
        return [...run, ...few.slice(at), ...run]
      })

    it('is rejected with the number of the first invalid one, and otherwise accepted', () => {
      fc.assert(
        fc.property(rows, fc.nat(4_000), (all, cut) => {
          const wrong = all.findIndex((row) => !isRow(dataset, row))
          if (wrong < 0) {
            expect(read(dataset, all, cut, true)).toBe(all.length)
            return
          }
          const message = expect.stringContaining(
            `row ${wrong + 1} of the answer is not a row of this dataset`,
          )
          expect(() => read(dataset, all, cut, true)).toThrow(
            expect.objectContaining({ code: 'ROWS_NOT_A_ROW', message }),
          )
          // Archived rows are never rejected: they may be older than this rule.
          expect(read(dataset, all, cut, false)).toBe(all.length)
        }),
        { numRuns: runs },
      )
    })
  },
)

describe('the message about an object that is not a row', () => {
  const usage = datasets.find(({ name }) => name === 'usagedetails') as Dataset
  const messageOf = (row: string): string => {
    try {
      read(usage, [row], 0, true)
    } catch (error) {
      return (error as Error).message
    }
    return ''
  }

  it('quotes the beginning of its error, without secrets', () => {
    const error = `{"error":{"message":"bearer abcdef.ghi was refused ${'x'.repeat(900)}"}}`
    const message = messageOf(error)
    expect(message).toContain('{"error":{"message":"bearer [redacted] was refused xxx')
    expect(message.length).toBeLessThan(500)
  })

  it('does not quote possible data', () => {
    expect(messageOf('{"accountOwnerEmail":"a@example.com"}')).toBe(
      'row 1 of the answer is not a row of this dataset: it has no cost or consumedQuantity; nothing was stored',
    )
  })
})

describe('a body that is one object', () => {
  it('is compared with its documentation, like the rows of a list', () => {
    const balance = datasets.find(({ name }) => name === 'balancesummary') as Dataset
    const driftOf = (body: string): string[] => {
      const reader = jsonReader('object', columnsAt(balance, balance.rowsVersion).layout, buffers)
      reader.push(Buffer.from(body))
      reader.end()
      return [...(reader.take()?.drift ?? [])]
    }
    const drift = driftOf('{"billingPeriodId":"201704","id":7,"totalUsage":12}')
    expect(drift).toContain('id is a number')
    expect(drift).toContain('currencyCode is missing')
    expect(driftOf('{"totalUsage":"12"}')).toContain('totalUsage is a string')
  })
})
