import { datasetNamed } from '../shared/datasets/catalogue.ts'
import { columnsAt } from '../shared/datasets/columns-at.ts'
import { rowBuffers } from '../shared/rows/batch/row-buffers.ts'
import { jsonReader } from '../shared/rows/json/read-json.ts'
import { usageRows } from './data.ts'
import { atMost, type Figure } from './measure.ts'

const PAGE_ROWS = 1_000
/** Number of distinct pages; a body repeats them, and is never in memory as a whole. */
const DISTINCT_PAGES = 50

/** Time per row of a body with `few` rows and of one with many more, generated and read as a stream. */
export function linearityFigures(few: number, say: (line: string) => void): Figure[] {
  const pieces = Array.from({ length: DISTINCT_PAGES }, (_, i) =>
    Buffer.from(usageRows(i * PAGE_ROWS, PAGE_ROWS).join(',')),
  )
  secondsOf(few, pieces)
  // The same number of rows for each size, small bodies before and after the large one, so that other load on
  // the machine affects all of them equally.
  const mean = (rows: number, rounds: number): number => {
    let seconds = 0
    for (let round = 0; round < rounds; round++) seconds += secondsOf(rows, pieces)
    return seconds / rounds / rows
  }
  const before = mean(few, 20)
  const tenBefore = mean(few * 10, 3)
  const hundred = mean(few * 100, 1)
  const ten = (tenBefore + mean(few * 10, 3)) / 2
  const base = (before + mean(few, 20)) / 2
  const micros = (perRow: number): string => `${(perRow * 1e6).toFixed(2)} µs per row`
  say(
    `Linearity: ${micros(base)} at ${few}, ${micros(ten)} at ten times, ${micros(hundred)} at a hundred times`,
  )
  return [
    atMost('linearity-10', ten / base, 1.15),
    atMost('linearity-100', hundred / base, 1.15),
    atMost('linearity', Math.max(ten, hundred) / base, 1.15),
  ]
}

function secondsOf(rows: number, pieces: readonly Buffer[]): number {
  const reader = jsonReader('list', columnsAt(datasetNamed('usagedetails'), 1).layout, rowBuffers())
  const began = performance.now()
  let found = 0
  reader.push(Buffer.from('['))
  for (let page = 0; page * PAGE_ROWS < rows; page++) {
    if (page > 0) reader.push(Buffer.from(','))
    reader.push(pieces[page % pieces.length] as Buffer)
    found += reader.take()?.rows ?? 0
  }
  reader.push(Buffer.from(']'))
  reader.end()
  found += reader.take()?.rows ?? 0
  if (found !== rows) throw new Error(`${found} rows of ${rows}`)
  return (performance.now() - began) / 1_000
}
