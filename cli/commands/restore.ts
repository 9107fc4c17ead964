import { DefaultAzureCredential } from '@azure/identity'
import { BlobServiceClient } from '@azure/storage-blob'
import { containers } from '../../shared/format/layout.ts'
import { blobReader } from '../../shared/storage/blob-reader.ts'
import { listSeries } from '../../shared/usecases/read/list-series.ts'
import { newestSnapshot } from '../../shared/usecases/read/read-snapshots.ts'
import { restoreArchive } from '../../shared/usecases/repair/restore-archive.ts'
import { rebuildState } from '../../shared/usecases/state/rebuild-state.ts'
import { seriesFailures } from '../../shared/usecases/state/series-failures.ts'
import { refreshView } from '../../shared/usecases/view/refresh-view.ts'
import { confirm } from '../../terminal/confirm.ts'
import type { Context } from '../context.ts'
import { labelOf } from '../label-of.ts'
import { counted, type Outcome } from '../outcome.ts'

export interface RestoreFlags {
  /** URL of the account that holds the copy. */
  readonly from: string
}

/**
 * Copies another account's snapshots into this one, then rebuilds state and view. Exit code 1 if a blob was
 * rejected.
 */
export async function restore(context: Context, { from }: RestoreFlags): Promise<Outcome> {
  const { deps, say, isSure, settings } = context
  const { archive } = deps
  await confirm(context, `Copy the snapshots of ${from} into the archive of ${settings}?`, {
    isSure,
    isNeeded: false,
  })
  const service = new BlobServiceClient(from, new DefaultAzureCredential())
  const copy = blobReader(service.getContainerClient(containers.snapshots))
  const restored = await restoreArchive(archive.snapshots, copy, say)
  const failures = seriesFailures(archive.log, 'restore.failed', say)
  let series = 0
  for await (const each of listSeries(archive.snapshots, archive.sources)) {
    await failures.attempt(labelOf(context, each), async () => {
      await rebuildState(archive, each)
      const newest = await newestSnapshot(archive.snapshots, each)
      if (newest !== null) await refreshView(archive, newest)
      series++
    })
  }
  const { copied, bytes, there, refused } = restored
  const lines = [
    ...refused.map(({ blob, why }) => `REFUSED ${blob}\n  ${why}`),
    `${counted(copied, 'blob')} copied (${(bytes / 1024 / 1024).toFixed(1)} MiB), ${there} already there, ${refused.length} refused`,
    `state and view of ${series} series are complete`,
    'Now verify it: "verify --copy --deep --anchor" with the hash of a ledger that was kept elsewhere',
  ]
  const isBad = refused.length > 0 || failures.count() > 0
  const json = { ...restored, series, failed: failures.count() }
  return { text: lines.join('\n'), json, exitCode: isBad ? 1 : 0 }
}
