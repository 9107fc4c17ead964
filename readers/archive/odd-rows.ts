/** Rows with values that types can't represent, or that readers are known to change. */
import { rowsOfDay } from './dated-rows.ts'

/** Values of an amount, as JSON. */
const AMOUNTS = [
  '123456789012345678901234567890',
  '-123456789012345678901.000000000000000000000001',
  '99999999999999999999.999999999999999999',
  '-99999999999999999999.999999999999999999',
  // Rounded to 18 places, it has a digit too many.
  '99999999999999999999.9999999999999999995',
  // Halves are rounded to even.
  '0.0000000000000000005',
  '0.0000000000000000015',
  '-0.0000000000000000025',
  '0.00000000000000000050000000000000000001',
  '79228162514264337593543950336',
  '79228162514.264337593543950336',
  '1E-30',
  '1e30',
  '1.50E+3',
  '-0',
  '0.000000000000000000000',
  '100.000000000000000000',
  'null',
  '""',
  '"none"',
  '"12.50"',
  'true',
] as const

const DATES = [
  '"2017-04-01T12:30:00"',
  '"2017-04-01T00:00:00.0000000Z"',
  '"2017-04-01"',
  '"4/1/2017"',
  '"04/01/2017 00:00:00"',
  '"2017-04-31T00:00:00"',
  '"soon"',
  '""',
  'null',
] as const

const FLAGS = ['true', 'false', 'null', '""', '"true"', '"True"', '1'] as const

const TEXTS = [
  '""',
  'null',
  '" "',
  '"NULL"',
  '"null"',
  '"a \\"quoted\\", text"',
  '"lines\\r\\nand\\nmore\\rlines"',
  '"\\ttab, semicolon; pipe|"',
  '"\\u0000 in the middle"',
  '"\\ud800 alone"',
  '"\\ud83d\\ude00 escaped 😀"',
  '"e\\u0301 is not \\u00e9"',
  '"0012"',
  '12.50',
  'true',
  '{"nested":[1,2.50,"\\u00e9"]}',
  JSON.stringify('x'.repeat(70_000)),
  JSON.stringify('{"team":"a \\"b\\"","n":1}'),
] as const

/** Usage of a day, of which each row has one odd value or several. */
export function oddUsage(date: string): string[] {
  const rows = rowsOfDay(date, 150, 0)
  const odd = rows.map((row, i) =>
    replaced(row, {
      ...(i % 2 === 0 ? { cost: pick(AMOUNTS, i / 2) } : {}),
      ...(i % 3 === 0 ? { consumedQuantity: pick(AMOUNTS, i / 3 + 5) } : {}),
      ...(i % 5 === 0 ? { resourceRate: pick(AMOUNTS, i / 5 + 2) } : {}),
      ...(i % 4 === 1 ? { date: pick(DATES, i / 4) } : {}),
      ...(i % 4 === 2 ? { chargesBilledSeparately: pick(FLAGS, i / 4) } : {}),
      ...(i % 2 === 1
        ? { tags: pick(TEXTS, i / 2), subscriptionName: pick(TEXTS, i / 2 + 3) }
        : {}),
      ...(i % 7 === 0 ? { departmentId: pick(TEXTS, i / 7) } : {}),
    }),
  )
  return [
    ...odd,
    `{"Cost":1.10,"consumedQuantity":1,"date":"${date}"}`,
    `{"cost":1,"cost":2.20,"consumedQuantity":1,"date":"${date}"}`,
    `{"cost":3,"consumedQuantity":1,"date":"${date}","benefit":{"x":"\\u00e9","y":[1.10]},"other, \\"field\\"":null,"exact":"mine"}`,
  ]
}

export function oddMarketplace(date: string): string[] {
  return AMOUNTS.map((amount, i) =>
    JSON.stringify({ id: `charge ${i}`, usageStartDate: `${date}T00:00:00Z` }).replace(
      /}$/,
      `,"offerName":${pick(TEXTS, i)},"tags":${pick(TEXTS, i + 1)},"consumedQuantity":1,"resourceRate":${pick(AMOUNTS, i + 1)},"extendedCost":${amount}}`,
    ),
  )
}

export function oddPrices(): string[] {
  return AMOUNTS.map(
    (amount, i) =>
      `{"id":"p${i}","billingPeriodId":"201704","meterId":"m${i}","meterName":${pick(TEXTS, i)},"unitOfMeasure":"1 Hour","includedQuantity":${pick(AMOUNTS, i + 3)},"partNumber":"007-${i}","unitPrice":${amount},"currencyCode":"EUR"}`,
  )
}

export function oddBalance(): string {
  return `{"id":"b","billingPeriodId":201704,"currencyCode":"JPY","beginningBalance":${AMOUNTS[0]},"endingBalance":${AMOUNTS[5]},"newPurchases":null,"adjustments":-0.0,"utilized":1e2,"totalUsage":${AMOUNTS[2]},"newPurchasesDetails":[{"name":"a \\"b\\"","value":1.50}],"adjustmentDetails":[],"later":"\\u00e9"}`
}

function pick(values: readonly string[], at: number): string {
  return values[Math.floor(at) % values.length] as string
}

/** The row with other values of some members. */
function replaced(row: string, values: Readonly<Record<string, string>>): string {
  let text = row
  for (const [name, json] of Object.entries(values)) {
    const member = new RegExp(`"${name}":("(?:[^"\\\\]|\\\\.)*"|[^,}]+)`)
    if (!member.test(text)) throw new Error(`the row has no ${name}`)
    text = text.replace(member, () => `"${name}":${json}`)
  }
  return text
}
