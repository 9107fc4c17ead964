import { app } from '@azure/functions'
import { hostDeps } from '../shared/deps.ts'
import { ArchiveError } from '../shared/errors.ts'
import { invocation } from '../shared/http/functions-adapter.ts'
import { parseExportMessage } from '../shared/snapshots/export-request.ts'
import { EXPORT_POISON_QUEUE, EXPORT_QUEUE } from '../shared/snapshots/layout.ts'
import { composeExport, recordExportFailure } from '../shared/usecases/exports/compose-export.ts'
import { takePoison } from '../shared/usecases/take-poison.ts'

app.storageQueue('archive-exports', {
  queueName: EXPORT_QUEUE,
  connection: 'ARCHIVE_STORAGE',
  handler: (body, context) => {
    const { archive, signal } = invocation(hostDeps().archive, context)
    return composeExport({ ...hostDeps().http, ...archive }, parseExportMessage(body), signal)
  },
})

app.storageQueue('archive-exports-poison', {
  queueName: EXPORT_POISON_QUEUE,
  connection: 'ARCHIVE_STORAGE',
  handler: (body, context) => {
    const { archive } = invocation(hostDeps().archive, context)
    const error = new ArchiveError('ATTEMPTS_EXHAUSTED', 'its message was delivered too often')
    const deps = { ...hostDeps().http, ...archive }
    return takePoison(archive.log, body, parseExportMessage, (exportId) =>
      recordExportFailure(deps, exportId, error),
    )
  },
})
