/** The last verification result of each series. */

import pMap from 'p-map'
import { z } from 'zod'
import { describeError, hasCode } from '../../errors.ts'
import { type Series, seriesLabel } from '../../format/series.ts'
import { redact } from '../../log.ts'
import { listSeries } from '../../usecases/read/list-series.ts'
import { newestLedger } from '../../usecases/seal/write-ledger.ts'
import { lastVerification } from '../../usecases/verify/kept-result.ts'
import { jsonResponse } from '../api-message.ts'
import { namedSource } from '../named-source.ts'
import { route } from './route.ts'
import * as schemas from './state-schemas.ts'

const CONCURRENCY = 8

export const getVerification = route({
  id: 'getVerification',
  subject: 'State',
  method: 'GET',
  path: '/archive/verification',
  summary: 'The last verification result of each series, and the newest ledger',
  params: z.strictObject({}),
  query: z.strictObject({}),
  role: 'Archive.Read',
  responses: {
    200: {
      description: 'Results',
      headers: ['ETag'],
      content: { 'application/json': schemas.verification },
    },
  },
  handle: async (deps, { caller }) => {
    const { archive, now } = deps
    const open = caller?.enrollments ?? []
    const theirs: Series[] = []
    for await (const series of listSeries(archive.snapshots, archive.sources)) {
      if (open.includes(series.enrollment)) theirs.push(series)
    }
    const found = new Map<Series, object>()
    await pMap(
      theirs,
      async (series) => {
        const { dataset, enrollment, billingPeriod } = series
        const what = { ...namedSource(deps, series), dataset, enrollment, billingPeriod }
        try {
          const result = await lastVerification(archive, series)
          if (result === null) return
          const { at, snapshots, files, leftovers, faults } = result
          found.set(series, { ...what, at, snapshots, files, leftovers, faults })
        } catch (error) {
          if (hasCode(error, 'STORAGE_UNAVAILABLE')) throw error
          // One unreadable result must not hide the others.
          const { code, message } = describeError(error)
          const fault = { code, blob: seriesLabel(series), message: redact(message), safe: null }
          const nothing = { at: now().toISOString(), snapshots: 0, files: 0, leftovers: 0 }
          found.set(series, { ...what, ...nothing, faults: [fault] })
        }
      },
      { concurrency: CONCURRENCY },
    )
    const ledger = await newestLedger(archive.snapshots)
    return jsonResponse({
      ledger:
        ledger === null
          ? null
          : {
              number: ledger.ledger.number,
              takenAt: ledger.ledger.takenAt,
              sha256: ledger.sha256,
            },
      series: theirs.flatMap((series) => found.get(series) ?? []),
    })
  },
})
