import { DuckDBInstance } from '../../tools/duckdb.ts'

/** The rows of a query, values as DuckDB's JSON has them: decimals and whole numbers above 2^53 as texts. */
export async function queryWithDuckDb(sql: string, threads = 1): Promise<unknown[][]> {
  const instance = await DuckDBInstance.create(':memory:', { threads: String(threads) })
  const connection = await instance.connect()
  try {
    return (await connection.runAndReadAll(sql)).getRowsJson() as unknown[][]
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}
