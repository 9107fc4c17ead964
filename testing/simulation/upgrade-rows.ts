/** Rows of a source, with fields that only the newer program knows, and one that neither knows. */
import type { Dataset } from '../../shared/datasets/dataset.ts'
import { askedForOf } from '../../shared/sources/ea-reporting/asked-for.ts'

/** The answer for a part in one of its revisions, as one page: `count` rows, or one object. */
export function pageOf(dataset: Dataset, part: string, revision: number, count: number): string {
  if (askedForOf(dataset.name).shape === 'object') return rowOf(dataset, part, revision, 0)
  const rows = Array.from({ length: count }, (_, row) => rowOf(dataset, part, revision, row))
  return `[${rows.join(',')}]`
}

function rowOf({ columns }: Dataset, part: string, revision: number, row: number): string {
  const known = columns.map(({ name, decimal, usageDate, kind }, column) => {
    if (usageDate === true) return `"${name}":"${part === 'all' ? '2017-04-01' : part}T00:00:00"`
    if (decimal === true) return `"${name}":${revision}${row % 7}.${column % 10}0`
    if (kind === 'number') return `"${name}":${column}`
    if (kind === 'boolean') return `"${name}":${row % 2 === 0}`
    if (kind === 'nested') return `"${name}":[{"a":"${row}"}]`
    // Texts that CSV must quote, empty ones, and missing ones.
    const texts = [`"${name} ${row}"`, '"a \\"b\\", c"', '""', 'null', '"line\\nend"']
    return `"${name}":${texts[(row + column) % texts.length]}`
  })
  const added = [
    `"benefitId":"b-${revision}-${row}, \\"x\\""`,
    `"taxAmount":0.${revision}${row % 9}5`,
    `"nobodyKnows":{"row":${row}}`,
  ]
  return `{${[...known, ...added].join(',')}}`
}
