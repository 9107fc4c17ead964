/** The Parquet files of an archive's view, each with the cells that the archive's own JSON has. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { datasetNamed } from '../../shared/datasets/catalogue.ts'
import { columnsAt } from '../../shared/datasets/columns-at.ts'
import { parquetColumns } from '../../shared/outputs/parquet/columns.ts'
import { viewCells } from '../../testing/oracles/view-cells.ts'
import type { StoredArchive } from '../../testing/stack/read-archive.ts'
import type { ViewCase } from './reader.ts'

export async function viewCases(
  title: string,
  stored: StoredArchive,
  folder: string,
): Promise<ViewCase[]> {
  const cases: ViewCase[] = []
  for (const [series, manifest] of await stored.newest()) {
    const dataset = datasetNamed(manifest.dataset)
    const columns = parquetColumns(columnsAt(dataset, dataset.rowsVersion))
    const name = `parquet/${manifest.dataset}/enrollment=100/period=${manifest.billingPeriod}/data.parquet`
    const path = join(folder, `${title}-${series.replace('/', '-')}.parquet`)
    await writeFile(path, await stored.bytes('billing-current', name))
    const rows = viewCells(dataset, columns, await stored.rows(manifest))
    cases.push({ title: `${title} ${series}`, path, columns, rows })
  }
  return cases
}
