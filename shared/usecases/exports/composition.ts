/** An export in progress: the pieces of its file, and its row count once complete. */
export interface Composition {
  readonly extension: 'csv' | 'json' | 'ndjson'
  readonly contentType: string
  readonly pieces: AsyncIterable<Uint8Array>
  readonly rows: () => number
}
