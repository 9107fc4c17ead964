/** Missed timers run all at once when a host starts, so the list of billing periods need not be first. */

import type { Timer } from '@azure/functions'
import { beforeEach, describe, expect, it } from 'vitest'
import { billingPeriods } from '../../shared/datasets/billing-periods.ts'
import type { Dataset } from '../../shared/datasets/dataset.ts'
import { usageDetails } from '../../shared/datasets/usage-details.ts'
import { lastRun } from '../../shared/http/functions-adapter.ts'
import type { BillingPeriod } from '../../shared/sources/source.ts'
import type { Archive } from '../../shared/usecases/archive.ts'
import { archivePart } from '../../shared/usecases/fetch/archive-part.ts'
import { archiveDataset } from '../../shared/usecases/plan/archive-dataset.ts'
import { parseMessage } from '../../shared/usecases/state/part-message.ts'
import { quietArchive } from '../../testing/simulation/memory-archive.ts'
import { withParsedPeriods, withSource } from '../../testing/sources/changed-source.ts'

const signal = new AbortController().signal
const period = (id: string): BillingPeriod => {
  const month = `${id.slice(0, 4)}-${id.slice(4)}`
  return { id, firstDay: `${month}-01`, lastDay: `${month}-28`, datasets: ['usagedetails'] }
}

let clock: number
let periods: BillingPeriod[]
let lists: number
let archive: Archive
let work: () => Promise<string[]>

const at = (time: string): void => {
  clock = Date.parse(time)
}

/** Runs the timer like the host: `last` is its last run. */
async function timer(dataset: Dataset, last: string): Promise<string[]> {
  const scheduleStatus = { last, next: '', lastUpdated: last }
  const given: Timer = { isPastDue: true, schedule: { adjustForDST: true }, scheduleStatus }
  await archiveDataset(archive, dataset, signal, lastRun(given))
  return work()
}

beforeEach(async () => {
  at('2017-04-30T03:00:00Z')
  periods = [period('201704')]
  const quiet = quietArchive(() => clock, '2017-05-01', [], '[{"cost":1.5}]')
  const { storage } = quiet
  lists = 0
  const listPeriods = async (): Promise<BillingPeriod[]> => {
    lists++
    return periods
  }
  const parse = () => ({ periods: [period('201704')], skipped: [] })
  archive = withSource(withParsedPeriods(quiet.archive, parse), { listPeriods })
  work = async () => {
    const done: string[] = []
    for (const { body } of storage.stored.messages.splice(0)) {
      const message = parseMessage(JSON.parse(body))
      await archivePart(archive, message, signal)
      done.push(message.series.billingPeriod)
    }
    return [...new Set(done)]
  }
  await timer(billingPeriods, '2017-04-29T03:00:00.01Z')
  at('2017-04-30T03:20:00Z')
  await timer(usageDetails, '2017-04-29T03:20:00.01Z')
  lists = 0
})

describe("a dataset's timer", () => {
  it('on schedule uses a list that was checked since its last run', async () => {
    at('2017-05-01T03:00:00Z')
    await timer(billingPeriods, '2017-04-30T03:00:00.01Z')
    at('2017-05-01T03:20:00Z')
    await timer(usageDetails, '2017-04-30T03:20:00.01Z')
    expect(lists).toBe(0)
  })

  it('that was missed with all others fetches a new list, and so finds the new period', async () => {
    periods = [period('201705'), period('201704')]
    // 25 hours after the list was checked, because no host was running on schedule.
    at('2017-05-01T04:00:00Z')
    expect(await timer(usageDetails, '2017-04-30T03:20:00.01Z')).toContain('201705')
    expect(lists).toBe(1)
  })

  it.each(['0001-01-01T00:00:00', '', '2017-04-30T02:00:00', '2017-04-30T04:00:00+02:00'])(
    'with the last run %j trusts a list that was checked since',
    async (last) => {
      at('2017-04-30T05:00:00Z')
      await timer(usageDetails, last)
      expect(lists).toBe(0)
    },
  )
})
