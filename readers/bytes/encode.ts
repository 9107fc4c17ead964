/** Prints the digest of a Parquet file with rows of the simulator: run by other versions of Node too. */
import { createHash } from 'node:crypto'
import { columnsAt } from '../../shared/datasets/columns-at.ts'
import { usageDetails } from '../../shared/datasets/usage-details.ts'
import { parquetColumns } from '../../shared/outputs/parquet/columns.ts'
import { jsonReader } from '../../shared/rows/json/read-json.ts'
import { encoded } from '../../testing/parquet/encoded.ts'
import { parquetFile } from '../../testing/parquet/parquet-file.ts'
import { daysFrom, rowsOfDay } from '../archive/dated-rows.ts'
import { oddUsage } from '../archive/odd-rows.ts'
import { FIRST_DAY } from '../archive/row-server.ts'

const at = columnsAt(usageDetails, usageDetails.rowsVersion)
const columns = parquetColumns(at)

export function digestOfRows(rowsPerDay: number): string {
  const pages = [
    ...daysFrom(FIRST_DAY, 10).map((day) => rowsOfDay(day, rowsPerDay, 0)),
    oddUsage(FIRST_DAY),
  ]
  const groups = pages.flatMap((rows) => {
    const reader = jsonReader('list', at.layout)
    reader.push(Buffer.from(`[${rows.join(',')}]`))
    reader.end()
    return encoded(columns, Buffer.from(reader.take()?.csv ?? []))
  })
  return createHash('sha256').update(parquetFile(columns, groups)).digest('hex')
}

if (import.meta.main) process.stdout.write(digestOfRows(Number(process.argv[2])))
