/** All rows of a snapshot as one file. */
import { datasetNamed } from '../../datasets/catalogue.ts'
import { columnsAt } from '../../datasets/columns-at.ts'
import { ArchiveError, hasCode } from '../../errors.ts'
import { DOWNLOAD_FORMAT, type RowsDownload } from '../../format/download-request.ts'
import { segmentsOfParts } from '../../format/part-record.ts'
import { rowSelector } from '../../rows/select/row-selector.ts'
import { pinsOf } from '../../usecases/downloads/pinned-snapshots.ts'
import { contentTypeOf, isWholeCsv } from '../../usecases/downloads/rows-file.ts'
import { NO_LIMITS, START, servePage } from '../../usecases/read/serve-rows.ts'
import type { ApiResponse } from '../api-message.ts'
import { attachment } from '../attachment.ts'
import { acceptedEncoding } from '../encoding.ts'
import type { HttpDeps } from '../http-deps.ts'
import { toPartFile } from '../redirect.ts'
import { composeOr202 } from './downloads.ts'
import { textOf } from './parameters.ts'
import type { Ask } from './route.ts'
import { type RowsAsk, selectionOf } from './rows-query.ts'

/**
 * All rows at once: sent directly if they are few, from storage if a file has exactly this content, otherwise
 * composed.
 */
export async function wholeFile(
  deps: HttpDeps,
  { request, caller }: Pick<Ask<unknown, unknown>, 'request' | 'caller'>,
  ask: RowsAsk,
): Promise<ApiResponse> {
  const { snapshot, asked, as } = ask
  if (asked.cursor !== undefined) {
    throw new ArchiveError('BAD_REQUEST', 'limit=all returns all rows, so it takes no cursor')
  }
  const { manifest } = snapshot
  const dataset = datasetNamed(manifest.dataset)
  const layout = columnsAt(dataset, dataset.rowsVersion).layout
  const segments = segmentsOfParts(manifest.parts)
  const limit = deps.serving.redirectOverBytes
  const fileName = `${manifest.dataset}-${manifest.enrollment}-${manifest.billingPeriod}-${manifest.number}.${as}`
  const contentType = contentTypeOf(as)
  if (segments.reduce((sum, { csv }) => sum + csv.bytes, 0) <= limit) {
    const selector = rowSelector(layout, selectionOf(asked), as)
    const limits = { ...NO_LIMITS, bytes: limit }
    const { texts, next } = await servePage(deps.reader, [snapshot], START, selector, limits)
    if (next === null) {
      const [before, after] = as === 'json' ? ['[', ']'] : [selector.header, '']
      const body = [Buffer.from(before), ...texts, Buffer.from(after)]
      const asFile = as === 'csv' ? attachment(fileName) : {}
      return { status: 200, headers: { 'content-type': contentType, ...asFile }, body }
    }
  }
  const composed = downloadOf(ask, dataset.rowsVersion)
  const [segment] = segments
  if (segment !== undefined && segments.length === 1) {
    if (isWholeCsv(composed) && segment.csv.rowsVersion === dataset.rowsVersion) {
      try {
        return await toPartFile(deps, segment.csv, { contentType, fileName })
      } catch (error) {
        // Its JSON has the same rows: the answer is composed from it.
        if (!hasCode(error, 'FILE_DAMAGED')) throw error
      }
    }
    const isWholeJson = as === 'json' && rowSelector(layout, selectionOf(asked), as).isWhole
    if (isWholeJson && acceptedEncoding(request) === 'gzip') {
      const contentEncoding = 'gzip' as const
      return toPartFile(deps, segment.json, { contentType, contentEncoding, fileName })
    }
  }
  return composeOr202(deps, { request, caller }, composed, { contentType, fileName })
}

function downloadOf({ snapshot, asked, as }: RowsAsk, rowsVersion: number): RowsDownload {
  const { source, dataset, enrollment } = snapshot.manifest
  return {
    format: DOWNLOAD_FORMAT,
    kind: 'rows',
    source: source.kind,
    dataset,
    enrollment,
    snapshots: pinsOf([snapshot], source.kind),
    as,
    rowsVersion,
    dates: null,
    where: asked.where,
    dropFields: [],
    rename: {},
    select: asked.select ?? null,
    ...(as === 'csv' ? {} : textOf(asked)),
  }
}
