/** What the daily verification reads, and what it learns from the listing. */
import { beforeEach, describe, expect, it } from 'vitest'
import { jsonLog } from '../../shared/log.ts'
import type { BlobReader } from '../../shared/storage/ports.ts'
import type { Archive } from '../../shared/usecases/archive.ts'
import { lastVerification } from '../../shared/usecases/verify/kept-result.ts'
import { verifyDaily } from '../../shared/usecases/verify/verify-daily.ts'
import { isItsMonth, turnDay } from '../../shared/usecases/verify/verify-turn.ts'
import { MONTH, type SealedMonth, sealedMonth } from '../../testing/simulation/sealed-month.ts'

const signal = new AbortController().signal
const DAY = String(turnDay(MONTH)).padStart(2, '0')
const MONTHS = ['06', '07', '08', '09', '10', '11', '12'].map((month) => `2017-${month}-${DAY}`)
const sound = { at: `${MONTHS[0] ?? ''}T06:00:00.000Z`, faults: 0 }
const [turn = ''] = MONTHS.filter((day) => isItsMonth(MONTH, day, 6, sound))
const [noTurn = ''] = MONTHS.filter((day) => !isItsMonth(MONTH, day, 6, sound))

let month: SealedMonth
let lines: string[]
/** Names of row files that were read. */
let read: string[]

beforeEach(async () => {
  month = sealedMonth({ retentionDays: 100 })
  await month.seal({ all: '[{"cost":1.50},{"cost":2}]' })
  lines = []
  read = []
})

/** The archive on `day`, its files stored in `tier`. */
function archiveOn(day: string, tier: string | null): Archive {
  const { asStored } = month.archive.snapshots
  const tiered: BlobReader = {
    ...asStored,
    async *list(prefix) {
      for await (const blob of asStored.list(prefix)) yield { ...blob, tier }
    },
    stream(name) {
      read.push(name)
      return asStored.stream(name)
    },
    async readRange(name, ...range) {
      read.push(name)
      return asStored.readRange(name, ...range)
    },
  }
  return {
    ...month.archive,
    snapshots: { ...month.archive.snapshots, asStored: tiered },
    businessDay: () => day,
    log: jsonLog((_level, line) => lines.push(line)),
  }
}

/** True if the series was verified on `day`, with its files in `tier`. */
async function isVerified(day: string, tier: string | null): Promise<boolean> {
  read = []
  const { series } = await verifyDaily(archiveOn(day, tier), signal)
  expect(read.length > 0).toBe(series === 1)
  return series === 1
}

describe('the daily verification', () => {
  it('reads a series on its day of each month if its files are hot, or storage has no tiers', async () => {
    for (const day of [turn, noTurn]) {
      expect(await isVerified(day, 'Hot')).toBe(true)
      expect(await isVerified(day, null)).toBe(true)
      expect(await isVerified(`${day.slice(0, 8)}29`, 'Hot')).toBe(false)
    }
  })

  it('reads a series in a cooler tier only in its own months', async () => {
    expect(await isVerified(noTurn, 'Cool')).toBe(true) // it was never verified before
    expect(await isVerified(noTurn, 'Cool')).toBe(false)
    expect(await isVerified(noTurn, 'Cold')).toBe(false)
    expect(await isVerified(turn, 'Cool')).toBe(true)
  })

  it('verifies a damaged series every month, whatever its tier', async () => {
    const { snapshots } = month.storage.stored
    const name = [...snapshots.keys()].find((each) => each.endsWith('.csv')) ?? ''
    const blob = snapshots.get(name)
    snapshots.delete(name)
    expect(await isVerified(turn, 'Cold')).toBe(true)
    expect((await lastVerification(month.archive, MONTH))?.faults).toHaveLength(1)
    if (blob !== undefined) snapshots.set(name, blob)
    expect(await isVerified(noTurn, 'Cold')).toBe(true)
    expect((await lastVerification(month.archive, MONTH))?.faults).toEqual([])
    expect(await isVerified(noTurn, 'Cold')).toBe(false)
  })

  it('warns on any day that the protection of files ends soon', async () => {
    await verifyDaily(archiveOn('2017-06-29', 'Cold'), signal)
    expect(lines.join()).not.toContain('verify.retention')
    month.pass(11 * 86_400_000)
    await verifyDaily(archiveOn('2017-06-29', 'Cold'), signal)
    expect(lines.join()).toContain('"event":"verify.retention"')
    expect(lines.join()).toContain('"days":89')
    expect(read).toEqual([])
  })
})
