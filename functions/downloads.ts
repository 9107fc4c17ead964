import { app } from '@azure/functions'
import { hostDeps } from '../shared/deps.ts'
import { ArchiveError } from '../shared/errors.ts'
import { parseDownloadMessage } from '../shared/format/download-request.ts'
import { DOWNLOAD_POISON_QUEUE, DOWNLOAD_QUEUE } from '../shared/format/layout.ts'
import { invocation } from '../shared/http/functions-adapter.ts'
import {
  composeDownload,
  recordDownloadFailure,
} from '../shared/usecases/downloads/compose-download.ts'
import { takePoison } from '../shared/usecases/fetch/take-poison.ts'

app.storageQueue('archive-downloads', {
  queueName: DOWNLOAD_QUEUE,
  connection: 'ARCHIVE_STORAGE',
  handler: (body, context) => {
    const { archive, signal } = invocation(hostDeps().archive, context)
    return composeDownload({ ...hostDeps().http, ...archive }, parseDownloadMessage(body), signal)
  },
})

app.storageQueue('archive-downloads-poison', {
  queueName: DOWNLOAD_POISON_QUEUE,
  connection: 'ARCHIVE_STORAGE',
  handler: (body, context) => {
    const { archive } = invocation(hostDeps().archive, context)
    const error = new ArchiveError('ATTEMPTS_EXHAUSTED', 'all deliveries of its message failed')
    const deps = { ...hostDeps().http, ...archive }
    return takePoison(archive.log, body, parseDownloadMessage, (downloadId) =>
      recordDownloadFailure(deps, downloadId, error),
    )
  },
})
