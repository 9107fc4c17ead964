/** Totals and differences as JSON documents, for queries that take too long for a direct answer. */
import type { DiffExport, TotalsExport } from '../../snapshots/export-request.ts'
import type { BlobReader } from '../../storage/ports.ts'
import { diffDocument } from '../diff-snapshots.ts'
import type { Snapshot } from '../read-snapshots.ts'
import { totalsOf } from '../totals.ts'
import type { Composition } from './composition.ts'

export function totalsDocument(
  reader: BlobReader,
  snapshots: readonly Snapshot[],
  request: TotalsExport,
): Composition {
  return documentOf(async () => JSON.stringify(await totalsOf(reader, snapshots, request)))
}

export function diffComposition(
  reader: BlobReader,
  snapshots: readonly Snapshot[],
  { changes = 0, decimals }: DiffExport,
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
