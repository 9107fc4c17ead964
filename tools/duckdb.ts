export { DuckDBInstance, version } from '@duckdb/node-api'
