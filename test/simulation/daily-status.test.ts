/** The daily status repeats lasting conditions, because alerts on single events end after a day. */
import { beforeEach, describe, expect, it } from 'vitest'
import { jsonLog } from '../../shared/log.ts'
import { reportStatus } from '../../shared/usecases/status/report-status.ts'
import { verifyDaily } from '../../shared/usecases/verify/verify-daily.ts'
import { turnDay } from '../../shared/usecases/verify/verify-turn.ts'
import { MONTH, type SealedMonth, sealedMonth } from '../../testing/simulation/sealed-month.ts'

const DAY = `2017-06-${String(turnDay(MONTH)).padStart(2, '0')}`

let month: SealedMonth

beforeEach(async () => {
  month = sealedMonth()
  await month.seal({ all: '[{"cost":1.50},{"cost":2}]' })
})

const verify = () =>
  verifyDaily({ ...month.archive, businessDay: () => DAY }, new AbortController().signal)

/** Lines of one day's status about damage. */
async function told(): Promise<object[]> {
  const lines: string[] = []
  const log = jsonLog((_level, line) => lines.push(line))
  await reportStatus({ ...month.archive, log, keyRing: null })
  return lines
    .map((line) => JSON.parse(line) as { event: string })
    .filter(({ event }) => event === 'status.damaged' || event === 'status.faults')
}

describe('the daily status', () => {
  it('reports a damaged series every day, until a verification finds it intact', async () => {
    await verify()
    expect(await told()).toEqual([])
    const { snapshots } = month.storage.stored
    const name = [...snapshots.keys()].find((each) => each.endsWith('.csv')) ?? ''
    const blob = snapshots.get(name)
    snapshots.delete(name)
    await verify()
    const line = {
      event: 'status.damaged',
      source: 'ea-reporting',
      series: 'usagedetails 100 201704',
      faults: 1,
    }
    for (let day = 0; day < 2; day++) {
      month.pass(86_400_000)
      expect(await told()).toEqual([{ ...line, at: expect.any(String) }])
    }
    if (blob !== undefined) snapshots.set(name, blob)
    await verify()
    expect(await told()).toEqual([])
  })

  it('reports blobs outside any series every day, until they are gone', async () => {
    const blob = { contentType: 'text/plain', sha256: 'x' }
    await month.archive.snapshots.create('notes.txt', Buffer.from('x'), blob)
    await verify()
    const line = { event: 'status.faults', faults: 1, codes: 'FOREIGN_FILE', blob: 'notes.txt' }
    expect([await told(), await told()]).toEqual([[line], [line]])
    month.storage.stored.snapshots.delete('notes.txt')
    await verify()
    expect(await told()).toEqual([])
  })
})
