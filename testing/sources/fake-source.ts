/** A source that the program does not know: it prepares a report for some polls, then returns its rows. */
import { columnsAt } from '../../shared/datasets/columns-at.ts'
import type { DatasetName } from '../../shared/datasets/dataset.ts'
import type { Cursor } from '../../shared/format/part-progress.ts'
import { cutBatch } from '../../shared/rows/blocks/cut-batch.ts'
import { csvReader } from '../../shared/rows/csv/read-csv.ts'
import { jsonReader } from '../../shared/rows/json/read-json.ts'
import type { RowLayout } from '../../shared/rows/row-layout.ts'
import type { FetchResult, Offer, Source } from '../../shared/sources/source.ts'

export const FAKE = 'fake-reports'
export const RETRY_AFTER_MS = 90_000

export interface FakeSource {
  readonly source: Source
  /** The cursors of all requests. */
  readonly asked: readonly (Cursor | null)[]
}

/** Rows per batch. */
const BATCH_ROWS = 700

/** `text`: the rows of a dataset, as CSV or a JSON array. `polls`: how often a report is not ready. */
export function fakeSource(
  text: (dataset: string) => string,
  polls: number,
  offer: Partial<Offer> = {},
  datasets: readonly DatasetName[] = ['usagedetails'],
): FakeSource {
  const asked: (Cursor | null)[] = []
  let reports = 0

  async function* rowsOf(report: unknown, dataset: string, skip: number, layout: RowLayout) {
    const body = text(dataset)
    const reader = body.startsWith('[') ? jsonReader('list', layout) : csvReader(layout)
    reader.push(Buffer.from(body))
    reader.end()
    const all = reader.take()
    for (let from = skip; all !== null && from < all.rows; from += BATCH_ROWS) {
      const batch = cutBatch(all, from, Math.min(all.rows, from + BATCH_ROWS), layout)
      if (batch !== null) yield { batch, cursor: (rows: number) => ({ report, skip: from + rows }) }
    }
  }

  const source: Source = {
    definition: {
      kind: FAKE,
      apiVersion: '1',
      standing: 'live',
      offers: datasets.map((dataset) => ({ dataset, byDay: false, ...offer })),
      periods: null,
    },
    place: 'https://fake.example',
    async listPeriods() {
      const days = { firstDay: '2017-04-01', lastDay: '2017-04-30' }
      return [{ id: '201704', ...days, datasets }]
    },
    async fetch({ dataset, rowsVersion }, _known, cursor, signal): Promise<FetchResult> {
      signal.throwIfAborted()
      asked.push(cursor)
      const { report = ++reports, poll = 0, skip = null } = cursor ?? {}
      if (skip === null && Number(poll) < polls) {
        const next = { report, poll: Number(poll) + 1 }
        return { kind: 'pending', cursor: next, retryAfterMs: RETRY_AFTER_MS }
      }
      const { layout } = columnsAt(dataset, rowsVersion)
      const facts = { validator: null, envelope: {}, requests: 1 }
      const batches = rowsOf(report, dataset.name, Number(skip ?? 0), layout)
      return { kind: 'rows', batches, facts: () => facts }
    },
  }
  return { source, asked }
}
