/** What the last verification of each series came to. */
import { z } from 'zod'
import type { Series } from '../../snapshots/series.ts'
import { eachOf } from '../../usecases/each-of.ts'
import { listSeries } from '../../usecases/list-series.ts'
import { lastVerification } from '../../usecases/verify/verify-slice.ts'
import { newestLedger } from '../../usecases/write-ledger.ts'
import { jsonResponse } from '../api-message.ts'
import { route } from './route.ts'
import * as schemas from './schemas.ts'

const CONCURRENCY = 8

export const getVerification = route({
  id: 'getVerification',
  subject: 'State',
  method: 'GET',
  path: '/archive/verification',
  summary: 'What the last verification of each series came to, and the newest ledger',
  params: z.strictObject({}),
  query: z.strictObject({}),
  role: 'Archive.Read',
  answers: {
    200: { description: 'Results', content: { 'application/json': schemas.verification } },
  },
  handle: async ({ archive }, { caller }) => {
    const open = caller?.enrollments ?? []
    const theirs: Series[] = []
    for await (const series of listSeries(archive.snapshots, archive.source.kind)) {
      if (open.includes(series.enrollment)) theirs.push(series)
    }
    const found = new Map<Series, object>()
    await eachOf(theirs, CONCURRENCY, async (series) => {
      const result = await lastVerification(archive, series)
      if (result === null) return
      const { dataset, enrollment, billingPeriod } = series
      const { at, snapshots, files, leftovers, faults } = result
      const what = { dataset, enrollment, billingPeriod }
      found.set(series, { ...what, at, snapshots, files, leftovers, faults })
    })
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
