/** A function that only answers: the cost of the platform's library and the host. */
import { app } from '@azure/functions'

app.http('noop', {
  methods: ['GET'],
  route: '{version:length(2)}/{*report}',
  authLevel: 'anonymous',
  handler: () => ({
    status: 304,
    headers: {
      etag: '"0123456789abcdef0123456789abcdef"',
      date: 'Tue, 24 Nov 2026 12:00:00 GMT',
      'cache-control': 'private, no-cache',
      'x-ms-request-id': '00000000-0000-0000-0000-000000000000',
      vary: 'accept, accept-encoding, authorization',
      'x-archive-settled': 'true',
      'x-archive-snapshots': '201703/1',
    },
  }),
})
