import { app } from '@azure/functions'
import { hostDeps } from '../shared/deps.ts'
import { ARCHIVE_QUEUE, POISON_QUEUE } from '../shared/format/layout.ts'
import { invocation } from '../shared/http/functions-adapter.ts'
import { archivePart } from '../shared/usecases/fetch/archive-part.ts'
import { recordExhausted } from '../shared/usecases/fetch/part-outcome.ts'
import { takePoison } from '../shared/usecases/fetch/take-poison.ts'
import { parseMessage } from '../shared/usecases/state/part-message.ts'

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
