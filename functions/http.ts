import { app } from '@azure/functions'
import { hostDeps } from '../shared/deps.ts'
import { archiveApi } from '../shared/http/archive/archive-api.ts'
import { swaggerApi } from '../shared/http/description/swagger-api.ts'
import { serve } from '../shared/http/functions-adapter.ts'
import { reportingApi } from '../shared/http/reporting/reporting-api.ts'

// Callers are checked by our own code: keys in the way of the old API, and tokens. A version has two characters,
// which keeps this route apart from the archive's own.
app.http('reporting-api', {
  methods: ['GET', 'HEAD', 'POST', 'OPTIONS'],
  route: '{version:length(2)}/enrollments/{*report}',
  authLevel: 'anonymous',
  handler: (request, context) => serve(hostDeps().http, reportingApi, request, context),
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
