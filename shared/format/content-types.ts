/** The content type that each kind of stored file is written and served with. */
import type { FileRecord } from './part-record.ts'

export const CONTENT_TYPES: Record<FileRecord['format'], string> = {
  json: 'application/gzip',
  csv: 'text/csv; charset=utf-8',
  index: 'application/json',
}

/** The content type of a blob in `billing-snapshots`, by its name: manifests and ledgers are JSON. */
export function contentTypeOfBlob(name: string): string {
  if (name.endsWith('.json.gz')) return CONTENT_TYPES.json
  if (name.endsWith('.csv')) return CONTENT_TYPES.csv
  return name.endsWith('.json') ? 'application/json' : 'application/octet-stream'
}
