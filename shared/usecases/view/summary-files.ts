/** The table `summary` of a series in the view. */
import type { Dataset } from '../../datasets/dataset.ts'
import { CSV_CONTENT_TYPE } from '../../outputs/csv/csv-output.ts'
import { SUMMARY_COLUMNS } from '../../outputs/tables/summary-table.ts'
import { tableColumns, tableHeader } from '../../outputs/tables/table.ts'
import { sha256 } from '../../rows/blocks/digest.ts'
import type { Snapshot } from '../read/read-snapshots.ts'
import { blocksAsNamed } from './block-stager.ts'
import { assembleParquet } from './parquet-file.ts'
import { parquetNotes } from './parquet-notes.ts'
import type { RowSummaries } from './row-summaries.ts'
import type { RowUnit } from './row-units.ts'
import { completeTotals } from './rows-files.ts'
import type { ViewDeps } from './view-deps.ts'
import type { FileContent, TableFiles } from './view-file.ts'

export function summaryFiles(
  archive: ViewDeps,
  { costColumn }: Pick<Dataset, 'costColumn'>,
  snapshot: Snapshot,
  units: readonly RowUnit[],
  summaries: RowSummaries,
): TableFiles {
  const { manifest } = snapshot
  const parquetUnits = units.map((unit) => ({
    key: summaries.keyOf(unit),
    rows: null,
    prepare: () => summaries.prepare(unit),
    async *csv() {
      yield summaries.csvOf(unit)
    },
  }))
  return {
    csv: summaryCsv(archive, units, summaries),
    parquet: {
      assemble: (target) =>
        assembleParquet(archive, target, {
          columns: tableColumns(SUMMARY_COLUMNS),
          units: parquetUnits,
          rowCount: null,
          notes: parquetNotes(snapshot),
          isSettled: manifest.settled,
        }),
      expected: async (blocks) => blocksAsNamed(blocks),
      async content() {
        const total = costColumn === null ? undefined : completeTotals(manifest)[costColumn]
        const rows = String(manifest.rowCount)
        const totals = total === undefined ? { rows } : { rows, cost: total }
        return { units: parquetUnits, rowCount: null, totals }
      },
    },
  }
}

const HEADER = tableHeader(SUMMARY_COLUMNS)

/**
 * A header and one block for each unit. The first half of a block's id is the key of the unit, by which known sums are
 * found, and the second half is the digest of its bytes.
 */
function summaryCsv(
  { view }: Pick<ViewDeps, 'view'>,
  units: readonly RowUnit[],
  summaries: RowSummaries,
): FileContent {
  const headerKey = sha256(HEADER)
  return {
    async assemble({ name, etag, isAnew }) {
      const blocks = etag === null || isAnew ? [] : await view.blocks(name)
      const known = new Map(blocks.map(({ id }) => [keyIn(id), id]))
      let [staged, bytes] = [0, 0]
      async function idOf(key: string, content: () => Promise<Buffer>): Promise<string> {
        const there = known.get(key)
        if (there !== undefined) return there
        const made = await content()
        const id = `${key}${sha256(made)}`
        await view.stage(name, id, made)
        known.set(key, id)
        staged++
        bytes += made.length
        return id
      }
      const blockIds = [await idOf(headerKey, async () => HEADER)]
      for (const unit of units) {
        const csv = async (): Promise<Buffer> => {
          await summaries.prepare(unit)
          return summaries.csvOf(unit)
        }
        blockIds.push(await idOf(summaries.keyOf(unit), csv))
      }
      return { blockIds, contentType: CSV_CONTENT_TYPE, staged, bytes }
    },
    async expected(blocks) {
      const keys = [headerKey, ...units.map((unit) => summaries.keyOf(unit))]
      const isComplete =
        blocks.length === keys.length && blocks.every(({ id }, i) => keyIn(id) === keys[i])
      if (!isComplete) return 'it is not made of the rows of its snapshot'
      return blocks.map(({ id, bytes }) => ({ bytes, sha256: id.slice(id.length / 2) }))
    },
  }
}

function keyIn(id: string): string {
  return id.slice(0, id.length / 2)
}
