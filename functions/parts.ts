import { app } from '@azure/functions'
import { hostDeps } from '../shared/deps.ts'
import { invocation } from '../shared/http/functions-adapter.ts'
import { ARCHIVE_QUEUE, POISON_QUEUE } from '../shared/snapshots/layout.ts'
import { archivePart } from '../shared/usecases/archive-part.ts'
import { parseMessage } from '../shared/usecases/part-message.ts'
import { recordExhausted } from '../shared/usecases/part-outcome.ts'
import { takePoison } from '../shared/usecases/take-poison.ts'

app.storageQueue('archive-parts', {
  queueName: ARCHIVE_QUEUE,
  connection: 'ARCHIVE_STORAGE',
  handler: (body, context) => {
    const { archive, signal } = invocation(hostDeps().archive, context)
    return archivePart(archive, parseMessage(body), signal)
  },
})

app.storageQueue('archive-parts-poison', {
  queueName: POISON_QUEUE,
  connection: 'ARCHIVE_STORAGE',
  handler: (body, context) => {
    const { archive } = invocation(hostDeps().archive, context)
    return takePoison(archive.log, body, parseMessage, (found) => recordExhausted(archive, found))
  },
})
