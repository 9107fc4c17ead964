/** Sums and differences as JSON documents, for those that take too long to be waited for. */
import type { TotalsExport } from '../../snapshots/export-request.ts'
import type { BlobReader } from '../../storage/ports.ts'
import { diffSnapshots } from '../diff-snapshots.ts'
import type { Snapshot } from '../read-snapshots.ts'
import { totalsOf } from '../totals.ts'
import type { Composition } from './composition.ts'

export function totalsDocument(
  reader: BlobReader,
  snapshots: readonly Snapshot[],
  request: TotalsExport,
): Composition {
  return documentOf(() => totalsOf(reader, snapshots, request))
}

export function diffDocument(reader: BlobReader, snapshots: readonly Snapshot[]): Composition {
  const [from, to] = snapshots as [Snapshot, Snapshot]
  return documentOf(() => diffSnapshots(reader, from.manifest, to.manifest))
}

function documentOf(make: () => Promise<object>): Composition {
  async function* pieces(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(JSON.stringify(await make()))
  }
  return {
    extension: 'json',
    contentType: 'application/json; charset=utf-8',
    pieces: pieces(),
    rows: () => 1,
  }
}
