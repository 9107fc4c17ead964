/** Totals and differences as JSON documents, for queries that take too long for a direct answer. */
import type { DiffDownload, TotalsDownload } from '../../format/download-request.ts'
import type { BlobReader } from '../../storage/ports.ts'
import { diffDocument } from '../read/diff-snapshots.ts'
import type { Snapshot } from '../read/read-snapshots.ts'
import { totalsOf } from '../read/totals.ts'
import type { Composition } from './composition.ts'

export function totalsDocument(
  reader: BlobReader,
  snapshots: readonly Snapshot[],
  request: TotalsDownload,
): Composition {
  return documentOf(async () => JSON.stringify(await totalsOf(reader, snapshots, request)))
}

export function diffComposition(
  reader: BlobReader,
  snapshots: readonly Snapshot[],
  { changes = 0, decimals }: DiffDownload,
): Composition {
  const [from, to] = snapshots as [Snapshot, Snapshot]
  return documentOf(() => diffDocument(reader, from.manifest, to.manifest, changes, decimals))
}

function documentOf(make: () => Promise<string>): Composition {
  async function* pieces(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(await make())
  }
  return {
    extension: 'json',
    contentType: 'application/json; charset=utf-8',
    pieces: pieces(),
    rows: () => 1,
  }
}
