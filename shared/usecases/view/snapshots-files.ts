/** The table `snapshots` of a series in the view. */
import pMap from 'p-map'
import type { Dataset } from '../../datasets/dataset.ts'
import { hasCode } from '../../errors.ts'
import { seriesOfManifest } from '../../format/manifest.ts'
import { CSV_CONTENT_TYPE } from '../../outputs/csv/csv-output.ts'
import { SNAPSHOT_COLUMNS, snapshotRecord } from '../../outputs/tables/snapshots-table.ts'
import { tableColumns, tableHeader } from '../../outputs/tables/table.ts'
import { sha256 } from '../../rows/blocks/digest.ts'
import { readSnapshot, type Snapshot, snapshotNumbers } from '../read/read-snapshots.ts'
import { blocksAsNamed } from './block-stager.ts'
import { assembleParquet } from './parquet-file.ts'
import { parquetNotes } from './parquet-notes.ts'
import type { ViewDeps } from './view-deps.ts'
import type { TableFiles } from './view-file.ts'

/** How many manifests are read concurrently. */
const CONCURRENCY = 8

export function snapshotsFiles(
  archive: ViewDeps,
  dataset: Dataset,
  snapshot: Snapshot,
): TableFiles {
  let known: Promise<(string | null)[]> | undefined
  /** Null for a snapshot whose manifest can't be read. Read once for both formats. */
  const recordsOrNull = (): Promise<(string | null)[]> => {
    known ??= snapshotRecords(archive, dataset, snapshot)
    return known
  }
  const records = async (): Promise<string[]> =>
    (await recordsOrNull()).filter((record) => record !== null)
  const isComplete = async (): Promise<boolean> => !(await recordsOrNull()).includes(null)
  const csvFile = async (): Promise<Buffer> =>
    Buffer.concat([tableHeader(SNAPSHOT_COLUMNS), Buffer.from((await records()).join(''))])
  return {
    csv: {
      async assemble({ name }) {
        const content = await csvFile()
        const id = sha256(content)
        await archive.view.stage(name, id, content)
        const { length: bytes } = content
        return { blockIds: [id], contentType: CSV_CONTENT_TYPE, staged: 1, bytes }
      },
      async expected(blocks) {
        // The table may have the record that can't be made again.
        if (!(await isComplete())) return blocksAsNamed(blocks, 0)
        const content = await csvFile()
        return [{ bytes: content.length, sha256: sha256(content) }]
      },
    },
    parquet: {
      async assemble(target) {
        const all = await records()
        const bytes = Buffer.from(all.join(''))
        const csv = async function* (): AsyncGenerator<Buffer> {
          yield bytes
        }
        return assembleParquet(archive, target, {
          columns: tableColumns(SNAPSHOT_COLUMNS),
          units: [{ key: sha256(bytes), rows: all.length, csv }],
          rowCount: all.length,
          notes: parquetNotes(snapshot),
          isSettled: snapshot.manifest.settled,
        })
      },
      expected: async (blocks) => blocksAsNamed(blocks),
      async content() {
        const all = await records()
        const units = [{ key: sha256(all.join('')), rows: all.length }]
        return (await isComplete())
          ? { units, rowCount: all.length, totals: {} }
          : { units: null, rowCount: null, totals: {} }
      },
    },
  }
}

/** A record for each snapshot of the series up to this one; null for a damaged manifest, which verify reports. */
async function snapshotRecords(
  { snapshots }: Pick<ViewDeps, 'snapshots'>,
  { costColumn }: Dataset,
  { manifest }: Snapshot,
): Promise<(string | null)[]> {
  const series = seriesOfManifest(manifest)
  const numbers = (await snapshotNumbers(snapshots, series)).filter((n) => n <= manifest.number)
  const records = await pMap(
    numbers,
    async (number) => {
      try {
        const found = await readSnapshot(snapshots, series, number)
        return found && snapshotRecord(found.manifest, found.sha256, costColumn)
      } catch (error) {
        if (hasCode(error, 'FORMAT_INVALID', 'FORMAT_UNSUPPORTED')) return null
        throw error
      }
    },
    { concurrency: CONCURRENCY },
  )
  return records
}
