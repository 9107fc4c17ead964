import { z } from 'zod'
import { checkStorage } from '../../usecases/status/check-health.ts'
import { toldHealth } from '../../usecases/status/told-health.ts'
import { jsonResponse } from '../api-message.ts'
import { readableStatus } from './readable-status.ts'
import { route } from './route.ts'
import * as schemas from './state-schemas.ts'

/**
 * Without a key, for probes: whether the app and its storage respond. With a key: the state of every series
 * of its enrollments, the expiry of the source's keys, and whether the datasets agree.
 */
export const getHealth = route({
  id: 'getHealth',
  subject: 'State',
  method: 'GET',
  path: '/archive/health',
  summary: 'Whether the archive responds; with a key, the state of all series of its enrollments',
  params: z.strictObject({}),
  query: z.strictObject({}),
  role: null,
  responses: { 200: { description: 'Health', content: { 'application/json': schemas.health } } },
  handle: async (deps, { caller }) => {
    const { archive } = deps
    const headers = { 'cache-control': 'no-store' }
    if (caller === null) {
      await checkStorage(archive)
      return jsonResponse({ status: 'ok' }, headers)
    }
    const { faults, ...status } = await readableStatus(deps, caller.enrollments)
    const series = status.series.map((each) => toldHealth(archive.sources, each))
    // Blobs outside any series may name enrollments that this caller's key does not open.
    return jsonResponse({ ...status, series, faults: faults.length }, headers)
  },
})
