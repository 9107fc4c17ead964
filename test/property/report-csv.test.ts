/** CSV in the old API's format, checked with another CSV parser and exact numbers. */
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { datasetNamed } from '../../shared/datasets/catalogue.ts'
import { columnsAt } from '../../shared/datasets/columns-at.ts'
import { reportFields } from '../../shared/http/reporting/contract.ts'
import { plainDigits } from '../../shared/rows/decimal/plain-digits.ts'
import { reportCsvSelector } from '../../shared/rows/select/report-csv.ts'

const dataset = datasetNamed('usagedetails')
const fields = reportFields(dataset.name)
const selector = reportCsvSelector(columnsAt(dataset, 1).layout, fields, null)

/** The header that clients expect, taken from public programs and a stored download. */
const HEADER =
  'AccountId,AccountName,AccountOwnerEmail,AdditionalInfo,ConsumedQuantity,ConsumedService,ConsumedServiceId,Cost,CostCenter,Date,DepartmentId,DepartmentName,InstanceId,MeterCategory,MeterId,MeterName,MeterRegion,MeterSubCategory,Product,ProductId,ResourceGroup,ResourceLocation,ResourceLocationId,ResourceRate,ServiceAdministratorId,ServiceInfo1,ServiceInfo2,StoreServiceIdentifier,SubscriptionGuid,SubscriptionId,SubscriptionName,Tags,UnitOfMeasure,PartNumber,ResourceGuid,OfferId,ChargesBilledSeparately,Location,ServiceName,ServiceTier'

function recordOf(row: string): Record<string, string> {
  const { text } = selector.take(Buffer.from(row))
  const file = Buffer.concat([selector.header, text]).toString()
  const [found] = parse(file, { columns: true, from_line: 3, bom: false }) as Record<
    string,
    string
  >[]
  if (found === undefined) throw new Error('no record')
  return found
}

/** A number as a fraction of BigInts, by independent code. */
function valueOf(text: string): [numerator: bigint, power: number] {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e')
  const [whole = '', fraction = ''] = mantissa.split('.')
  return [BigInt(whole + fraction), Number(exponent) - fraction.length]
}

function isSame(a: string, b: string): boolean {
  const [[left, low], [right, high]] = [valueOf(a), valueOf(b)]
  const least = Math.min(low, high)
  return left * 10n ** BigInt(low - least) === right * 10n ** BigInt(high - least)
}

const digits = fc.stringMatching(/^(0|[1-9]\d{0,20})$/)
const number = fc
  .tuple(
    fc.constantFrom('', '-'),
    digits,
    fc.option(fc.stringMatching(/^\d{1,20}$/), { nil: null }),
    fc.option(fc.tuple(fc.constantFrom('e', 'E', 'e+', 'E-'), fc.nat(60)), { nil: null }),
  )
  .map(
    ([sign, whole, fraction, exponent]) =>
      `${sign}${whole}${fraction === null ? '' : `.${fraction}`}${exponent?.join('') ?? ''}`,
  )

describe('a CSV report', () => {
  it('begins with a title, an empty line and the columns that clients know', () => {
    const [title = '', empty, header, rest] = selector.header.toString().split('\r\n')
    expect(title).toMatch(/^\S.*$/)
    // Clients search for the first line with many commas.
    expect(title).not.toContain(',')
    expect([empty, header, rest]).toEqual(['', HEADER, ''])
  })

  it('has every number with all its digits and without an exponent', () => {
    fc.assert(
      fc.property(number, (text) => {
        const { Cost = '' } = recordOf(`{"cost":${text}}`)
        expect(Cost).not.toMatch(/e/i)
        expect(isSame(Cost, text)).toBe(true)
        if (!/e/i.test(text)) expect(Cost).toBe(text)
      }),
      { numRuns: 500 },
    )
  })

  it('has every text as it was sent', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (tags, instanceId) => {
        const found = recordOf(JSON.stringify({ tags, cost: 1, instanceId }))
        expect([found['Tags'], found['InstanceId']]).toEqual([tags, instanceId])
      }),
      { numRuns: 300 },
    )
  })

  it('has as many records as there are rows, also of those with line breaks', () => {
    const rows = fc.array(fc.record({ cost: fc.integer(), tags: fc.string() }), { minLength: 1 })
    fc.assert(
      fc.property(rows, (all) => {
        const text = all.map((row) => JSON.stringify(row)).join('\n,')
        const taken = selector.take(Buffer.from(text))
        const found: string[][] = parse(taken.text, { relax_column_count: false })
        expect(taken.rows).toBe(all.length)
        expect(found.map((record) => [record[7], record[31]])).toEqual(
          all.map(({ cost, tags }) => [String(cost), tags]),
        )
        expect(new Set(found.map(({ length }) => length))).toEqual(new Set([40]))
      }),
      { numRuns: 100 },
    )
  })

  it.each([
    ['"date":"2019-04-01T00:00:00"', { Date: '2019-04-01' }],
    ['"date":"2019-04-01T00:00:00Z"', { Date: '2019-04-01' }],
    ['"date":"4\\/1\\/2019 12:00:00 AM"', { Date: '2019-04-01' }],
    ['"date":"2019-04-01"', { Date: '2019-04-01' }],
    // More than a day, or not a day: written unchanged, so that nothing is lost.
    ['"date":"2019-04-01T13:45:00"', { Date: '2019-04-01T13:45:00' }],
    ['"date":"2019-02-30T00:00:00"', { Date: '2019-02-30T00:00:00' }],
    ['"date":20190401', { Date: '20190401' }],
    ['"chargesBilledSeparately":true', { ChargesBilledSeparately: 'True' }],
    ['"chargesBilledSeparately":false', { ChargesBilledSeparately: 'False' }],
    ['"accountId":23467313421', { AccountId: '23467313421' }],
    ['"resourceRate":1E-06', { ResourceRate: '0.000001' }],
    ['"resourceRate":"1.50E-3"', { ResourceRate: '0.00150' }],
    ['"tags":"1E-06"', { Tags: '1E-06' }],
    ['"tags":""', { Tags: '' }],
    ['"tags":null', { Tags: '' }],
    ['"tags":{"a": [1E2]}', { Tags: '{"a":[1E2]}' }],
    ['"Cost":7', { Cost: '7' }],
    // Not written out, because it would have a million zeros.
    ['"cost":1E1000000', { Cost: '1E1000000' }],
    ['"cost":1E-999999999999', { Cost: '1E-999999999999' }],
  ])('writes %s like .NET', (member, expected) => {
    expect(recordOf(`{${member}}`)).toMatchObject(expected)
  })

  it('includes only the rows of the usage dates', () => {
    const dates = { first: '2019-04-02', last: '2019-04-03' }
    const rows = ['2019-04-01', '2019-04-02', '2019-04-03', '2019-04-04'].map(
      (day, i) => `{"cost":${i},"date":"${day}T00:00:00"}`,
    )
    const some = reportCsvSelector(columnsAt(dataset, 1).layout, ['cost', 'date'], dates)
    expect(some.take(Buffer.from(rows.join('\n,'))).text.toString()).toBe(
      '1,2019-04-02\r\n2,2019-04-03\r\n',
    )
  })
})

describe('plain digits', () => {
  it('are null for texts without an exponent, texts that are not numbers, and numbers that would be too long', () => {
    for (const text of ['1.5', '', 'e5', '1e', '--1e5', '1e5 ', 'NaN']) {
      expect(plainDigits(text, 100), text).toBeNull()
    }
    expect(plainDigits('1e99', 100)).toHaveLength(100)
    expect(plainDigits('1e100', 100)).toBeNull()
  })
})
