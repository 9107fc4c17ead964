/** What an export is made of: pieces of its file, and its rows once they are all there. */
export interface Composition {
  readonly extension: 'csv' | 'json' | 'ndjson'
  readonly contentType: string
  readonly pieces: AsyncIterable<Uint8Array>
  readonly rows: () => number
}
