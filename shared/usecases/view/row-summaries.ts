/** The records of the table `summary` for each unit of a snapshot, each computed at most once. */
import type { Dataset, SummaryOf } from '../../datasets/dataset.ts'
import { type Manifest, seriesOfManifest } from '../../format/manifest.ts'
import type { ParquetColumn } from '../../outputs/parquet/columns.ts'
import { type RecordFields, recordReader } from '../../outputs/parquet/record-feed.ts'
import { SUMMARY_COLUMNS, summarySums } from '../../outputs/tables/summary-table.ts'
import { sha256 } from '../../rows/blocks/digest.ts'
import type { Archive } from '../archive.ts'
import type { RowUnit, UnitReader } from './row-units.ts'

export interface RowSummaries {
  /** Identifies the records of a unit: other rows, or other columns of the table, have another key. */
  keyOf(unit: RowUnit): string
  /** Sums the unit's records while they are read for something else. */
  collector(unit: RowUnit): {
    readonly onRecords: (fields: RecordFields) => void
    readonly onEnd: () => void
  }
  /** Makes {@link csvOf} known, reading the unit's records unless they were collected. Takes the encoder. */
  prepare(unit: RowUnit): Promise<void>
  /** The unit's records as CSV, after `prepare`. */
  csvOf(unit: RowUnit): Buffer
}

/** `columns`: of the snapshot's CSV, with `exact` last. */
export function rowSummaries(
  { encoder }: Pick<Archive, 'encoder'>,
  units: UnitReader,
  manifest: Manifest,
  columns: readonly ParquetColumn[],
  of: SummaryOf,
  { costColumn }: Pick<Dataset, 'costColumn'>,
): RowSummaries {
  const names = columns.map(({ name }) => name)
  const known = new Map<string, Buffer>()
  const shape = JSON.stringify([SUMMARY_COLUMNS, of, costColumn])

  function collector(unit: RowUnit): ReturnType<RowSummaries['collector']> {
    const sums = summarySums(seriesOfManifest(manifest), names, of, costColumn ?? '')
    const onEnd = (): void => void known.set(unit.key, Buffer.from(sums.csv()))
    return { onRecords: sums.add, onEnd }
  }

  return {
    keyOf: ({ key }) => sha256(`${shape} ${key}`),
    collector,
    async prepare(unit) {
      if (known.has(unit.key)) return
      await encoder.use(async (kernel) => {
        const { onRecords, onEnd } = collector(unit)
        const reader = recordReader(kernel, columns, onRecords)
        for await (const csv of units.csvOf(unit)) reader.add(csv)
        reader.end()
        onEnd()
      })
    },
    csvOf({ key }) {
      const csv = known.get(key)
      if (csv === undefined) throw new Error(`the summary of ${key} is not prepared`)
      return csv
    },
  }
}
