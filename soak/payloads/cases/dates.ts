/** Usage dates as sources write them, and requests by custom dates. */
import { always, json, listBody, type PayloadCase } from '../payload-case.ts'
import { plainRows, rowOf } from '../plain-rows.ts'

type Column = readonly ['usagedetails' | 'marketplacecharges', string]
const COLUMNS: readonly Column[] = [
  ['usagedetails', 'date'],
  ['marketplacecharges', 'usageStartDate'],
]
const DAY = '2017-04-05'
/** The day of ordinary rows. */
const PLAIN_DAY = '2017-04-03'

/** Spellings of one day that .NET parses in the invariant culture. */
const spellings = [
  '"2017-04-05"',
  '"2017-04-05T00:00:00"',
  '"2017-04-05T23:59:59.9999999Z"',
  '"2017-04-05 00:00:00"',
  '"04/05/2017"',
  '"4/5/2017"',
  '"4/5/2017 12:00:00 AM"',
  '"04/05/2017 00:00:00"',
]

/** Texts that are not a day. */
const noDays = [
  '"2017-04-31"',
  '"2017-04-31T00:00:00"',
  '"04/31/2017"',
  '"13/13/2017"',
  '"yesterday"',
  '""',
  '"0000-00-00"',
  '20170405',
  '{"day":5}',
]

function ask([dataset, column]: Column, value: string, day: string, drift?: RegExp): PayloadCase {
  const odd = rowOf(dataset, { [column]: value })
  // Enough rows for the odd one to share a block with others.
  const plain = plainRows(dataset, 900)
  const rows = [...plain, odd]
  const isDay = day !== ''
  return {
    name: `${value} as ${column}`,
    dataset,
    source: always(json(listBody(dataset, rows))),
    expected: { kind: 'archived', rows, ...(drift === undefined ? {} : { drift }) },
    dates: [
      { day: PLAIN_DAY, rows: plain },
      { day: DAY, rows: isDay ? [odd] : [] },
      { day: '2017-04-06', rows: [] },
    ],
  }
}

export const dates: readonly PayloadCase[] = COLUMNS.flatMap((column) => [
  ...spellings.map((value) => ask(column, value, DAY)),
  ...noDays.map((value) => ask(column, value, '', new RegExp(column[1]))),
  ask(column, 'null', ''),
])
