/** Contradictions between the times of a manifest. */
import { expect, it } from 'vitest'
import type { Manifest } from '../../../../shared/format/manifest.ts'
import { timeContradictions } from '../../../../shared/usecases/verify/time-rules.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const policy = { sealSkewMs: HOUR_MS, fullFetchMs: 30 * DAY_MS }
const taken = Date.parse('2026-11-20T00:00:00.000Z')
const at = (ms: number): string => new Date(taken - ms).toISOString()

/** The contradictions of a first manifest with parts that were read and checked so long before it was taken. */
function wrongWith(...parts: { readonly read: number; readonly checked: number }[]): string[] {
  const manifest = {
    number: 1,
    takenAt: at(0),
    parts: parts.map(({ read, checked }, i) => {
      return { key: `${i}`, fetchedAt: at(read), checkedAt: at(checked), files: [] }
    }),
  } as unknown as Manifest
  const created = { now: new Date(taken), at: () => undefined, isCopy: true }
  return timeContradictions('snapshots/000001.json', manifest, null, created, policy)
}

it('allows a part that was read within the time for which an ETag is trusted', () => {
  expect(wrongWith({ read: 39 * DAY_MS, checked: 0 })).toEqual([])
})

it('names a part that was read longer before, with the setting in days', () => {
  expect(wrongWith({ read: 41 * DAY_MS, checked: 0 })).toEqual([
    expect.stringMatching(/more than FULL_FETCH_DAYS \(30\) before it was checked/),
  ])
})

it('names parts that were checked too far apart, with the setting in minutes', () => {
  const near = { read: 0, checked: 0 }
  expect(wrongWith(near, { read: HOUR_MS, checked: HOUR_MS })).toEqual([])
  expect(wrongWith(near, { read: 2 * HOUR_MS, checked: 2 * HOUR_MS })).toEqual([
    expect.stringMatching(/more than SEAL_SKEW_MINUTES \(60\) apart/),
  ])
})
