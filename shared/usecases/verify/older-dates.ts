import { indexDate } from '../../format/part-index.ts'
import type { RowLayout } from '../../rows/row-layout.ts'
import { Kind } from '../../rows/scan/json-scan.ts'
import { rowSpans, scanRow } from '../../rows/scan/scan-row.ts'

const LIKE_A_DATE = /^\d{4}-\d{2}-\d{2}/

/**
 * The date range that an older program recorded for a block with these rows: it took everything that looks
 * like an ISO date, including impossible days, and nothing else. Its index files stay as they are.
 */
export function olderDates(
  text: Buffer,
  layout: RowLayout,
): { readonly firstDate: string | null; readonly lastDate: string | null } {
  const spans = rowSpans(layout)
  const { values } = spans
  const at = layout.dateColumn * 3
  let [first, last] = [0, 0]
  for (let pos = 0; pos < text.length; ) {
    const end = scanRow(text, pos, text.length, layout, spans)
    pos = end + 2 // separator between the rows of a block
    if (at < 0 || values[at + 2] !== Kind.plain) continue
    const value = text.toString(
      'latin1',
      (values[at] as number) + 1,
      (values[at + 1] as number) - 1,
    )
    if (!LIKE_A_DATE.test(value)) continue
    const date = Number(value.slice(0, 10).replaceAll('-', ''))
    if (date === 0) continue
    if (first === 0 || date < first) first = date
    if (date > last) last = date
  }
  return { firstDate: indexDate(first), lastDate: indexDate(last) }
}
