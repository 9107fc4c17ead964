/** The table `summary`: exact sums of the cost by usage day, service and subscription. */
import type { SummaryOf } from '../../datasets/dataset.ts'
import { indexDate } from '../../format/part-index.ts'
import type { NamedSeries } from '../../format/series.ts'
import { addNumber, type DecimalSum, decimalSum, formatSum } from '../../rows/decimal/decimal.ts'
import { isNumberText } from '../../rows/decimal/number-text.ts'
import { usageDay } from '../../rows/scan/usage-day.ts'
import type { OnRecords, RecordFields } from '../parquet/record-feed.ts'
import { csvRecord, type TableColumns } from './table.ts'

export const SUMMARY_COLUMNS = {
  dataset: 'text',
  enrollmentNumber: 'text',
  billingPeriod: 'text',
  /** Null if the row has no usage date, or one that names no day. */
  date: 'date',
  service: 'text',
  subscriptionGuid: 'text',
  subscriptionName: 'text',
  rows: 'decimal',
  cost: 'decimal',
  /** Rows whose cost is not a number, or too long to be summed. */
  leftOut: 'decimal',
} as const satisfies TableColumns<string>

export interface SummarySums {
  readonly add: OnRecords
  /** The sums as CSV records, in an order that depends on the keys only. */
  csv(): string
}

interface Group {
  rows: number
  readonly cost: DecimalSum
  leftOut: number
}

/** The text before and between the keys of a group; no text of UTF-8 contains this byte. */
const SEPARATOR = '\xff'
/** Instead of a text, for null. */
const NULL = '\xfe'

/** Sums records of `series` whose columns are `names`. Throws if `of` names another column. */
export function summarySums(
  series: NamedSeries,
  names: readonly string[],
  of: SummaryOf,
  costColumn: string,
): SummarySums {
  const column = (name: string): number => {
    const found = names.indexOf(name)
    if (found < 0) throw new Error(`no column ${name}`)
    return found
  }
  const date = column(of.date)
  const cost = column(costColumn)
  const keys = [of.service, of.subscriptionGuid, of.subscriptionName].map(column)
  const groups = new Map<string, Group>()

  function groupOf(fields: RecordFields, row: number): Group {
    let key = dayText(fields, date, row)
    for (const each of keys) key += SEPARATOR + textAt(fields, each, row)
    const known = groups.get(key)
    if (known !== undefined) return known
    const made = { rows: 0, cost: decimalSum(), leftOut: 0 }
    groups.set(key, made)
    return made
  }

  return {
    add(fields) {
      const { bytes, places, stride } = fields
      for (let row = 0; row < fields.rows; row++) {
        const group = groupOf(fields, row)
        group.rows++
        const at = (cost * stride + row) * 2
        const [start, length] = [places[at] as number, places[at + 1] as number]
        if (length < 0) continue
        const isSummed =
          isNumberText(bytes.toString('latin1', start, start + length)) &&
          addNumber(group.cost, bytes, start, start + length)
        if (!isSummed) group.leftOut++
      }
    },
    csv() {
      const sorted = [...groups].sort(([a], [b]) => (a < b ? -1 : 1))
      return sorted.map(([key, group]) => recordOf(series, key, group)).join('')
    },
  }
}

function recordOf(series: NamedSeries, key: string, { rows, cost, leftOut }: Group): string {
  const [date = null, service = null, subscriptionGuid = null, subscriptionName = null] = key
    .split(SEPARATOR)
    .map((text) => (text === NULL ? null : Buffer.from(text, 'latin1').toString()))
  return csvRecord(SUMMARY_COLUMNS, {
    dataset: series.dataset,
    enrollmentNumber: series.enrollment,
    billingPeriod: series.billingPeriod,
    date,
    service,
    subscriptionGuid,
    subscriptionName,
    rows: String(rows),
    cost: formatSum(cost),
    leftOut: String(leftOut),
  })
}

/** The text of a field in latin1, which keeps every byte. */
function textAt({ bytes, places, stride }: RecordFields, column: number, row: number): string {
  const at = (column * stride + row) * 2
  const [start, length] = [places[at] as number, places[at + 1] as number]
  return length < 0 ? NULL : bytes.toString('latin1', start, start + length)
}

/** The usage day as `yyyy-MM-dd`, or {@link NULL}. */
function dayText({ bytes, places, stride }: RecordFields, column: number, row: number): string {
  const at = (column * stride + row) * 2
  const [start, length] = [places[at] as number, places[at + 1] as number]
  const day = length < 0 ? 0 : usageDay(bytes, start, start + length)
  return indexDate(day) ?? NULL
}
