import { app } from '@azure/functions'
import { hostDeps } from '../shared/deps.ts'
import { archiveApi } from '../shared/http/archive-api.ts'
import { swaggerApi } from '../shared/http/description/swagger-api.ts'
import { serve } from '../shared/http/functions-adapter.ts'
import { oldApi } from '../shared/http/old-api.ts'

// The app authenticates callers itself, by key or token. A version has two characters, which keeps this route
// apart from the archive's own. The template has no further segments, because published clients send doubled
// slashes, and the host's router accepts those only in the catch-all part, after its first segment.
app.http('reporting-api', {
  methods: ['GET', 'HEAD', 'POST', 'OPTIONS'],
  route: '{version:length(2)}/{*report}',
  authLevel: 'anonymous',
  handler: (request, context) => serve(hostDeps().http, oldApi, request, context),
})

app.http('archive-api', {
  methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
  route: 'archive/{*path}',
  authLevel: 'anonymous',
  handler: (request, context) => serve(hostDeps().http, archiveApi, request, context),
})

app.http('swagger', {
  methods: ['GET', 'HEAD', 'OPTIONS'],
  route: 'swagger/{*path}',
  authLevel: 'anonymous',
  handler: (request, context) => serve(hostDeps().http, swaggerApi, request, context),
})
