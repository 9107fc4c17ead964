import { app } from '@azure/functions'
import { hostDeps } from '../shared/deps.ts'
import { archiveApi } from '../shared/http/archive/archive-api.ts'
import { swaggerApi } from '../shared/http/description/swagger-api.ts'
import { serve } from '../shared/http/functions-adapter.ts'
import { oldApi } from '../shared/http/old-api.ts'

// Callers are checked by our own code: keys in the way of the old API, and tokens. A version has two characters,
// which keeps this route apart from the archive's own. Nothing else of the path stands in the template, for the
// host's router takes a doubled slash, as published clients send it, only behind the first segment of what is left.
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
