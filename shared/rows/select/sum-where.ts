import { addNumber, type DecimalSum } from '../decimal/decimal.ts'
import { columnNamed, type RowLayout } from '../row-layout.ts'
import { kindOf } from '../scan/drift.ts'
import { rowSpans, scanRow } from '../scan/scan-row.ts'

const TRUE_LENGTH = 4

/** Adds to `sum` the decimals of `column` in those rows of a block's text whose column `flag` is true. */
export function sumWhere(
  text: Buffer,
  layout: RowLayout,
  column: string,
  flag: string,
  sum: DecimalSum,
): void {
  const [decimal, boolean] = [columnNamed(layout, column), columnNamed(layout, flag)]
  const spans = rowSpans(layout)
  const { values } = spans
  for (let pos = 0; pos < text.length; ) {
    const end = scanRow(text, pos, text.length, layout, spans)
    const isTrue =
      kindOf(text, values, boolean) === 'boolean' &&
      (values[boolean * 3 + 1] as number) - (values[boolean * 3] as number) === TRUE_LENGTH
    if (isTrue && kindOf(text, values, decimal) === 'number') {
      addNumber(sum, text, values[decimal * 3] as number, values[decimal * 3 + 1] as number)
    }
    pos = end + 2 // separator between the rows of a block
  }
}
