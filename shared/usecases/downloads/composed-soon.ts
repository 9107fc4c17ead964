import type { Allowance } from '../../access/quota.ts'
import { ArchiveError } from '../../errors.ts'
import type { DownloadRequest, DownloadStatus } from '../../format/download-request.ts'
import { compositionFailed } from './composition-failed.ts'
import { type DownloadDeps, findDownload, requestDownload } from './request-download.ts'

/** Delay between polls: short at first, because most downloads are composed within a second. */
const FIRST_WAIT_MS = 100
const MAX_WAIT_MS = 2_000

/**
 * Waits for the file of a download, for a caller who can't poll; null if there are no rows. Rejects with
 * `NOT_READY` after `waitMs` (composing continues), and with `COMPOSITION_FAILED` if it failed.
 */
export async function composedSoon(
  deps: DownloadDeps,
  request: DownloadRequest,
  allowance: Allowance,
  waitMs: number,
  sleep: (ms: number) => Promise<void>,
): Promise<DownloadStatus['file']> {
  let { id, status } = await requestDownload(deps, request, allowance)
  let waitedMs = 0
  for (let next = FIRST_WAIT_MS; ; next = Math.min(next * 2, MAX_WAIT_MS)) {
    if (status.file !== null) return status.file
    if (status.status === 'empty') return null
    if (status.status === 'failed') throw compositionFailed(status.failure)
    if (waitedMs + next > waitMs) {
      throw new ArchiveError('NOT_READY', 'the report is being composed; try again')
    }
    await sleep(next)
    waitedMs += next
    ;({ status } = await findDownload(deps, id))
  }
}
