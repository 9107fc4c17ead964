import { app } from '@azure/functions'
import { hostDeps } from '../shared/deps.ts'
import { serve } from '../shared/http/functions-adapter.ts'
import { health } from '../shared/http/health.ts'
import { reportingApi } from '../shared/http/reporting-api.ts'

// The callers' keys are checked by our own code, in the way of the old API.
app.http('reporting-api', {
  methods: ['GET', 'HEAD'],
  route: '{version}/enrollments/{*report}',
  authLevel: 'anonymous',
  handler: (request, context) => {
    const { archive, access } = hostDeps()
    return serve((req, id) => reportingApi({ ...archive, access }, req, id), request, context)
  },
})

app.http('health', {
  methods: ['GET', 'HEAD'],
  route: 'archive/health',
  authLevel: 'anonymous',
  handler: (request, context) => {
    const { archive, access, keyRing } = hostDeps()
    return serve((req, id) => health({ ...archive, access, keyRing }, req, id), request, context)
  },
})
